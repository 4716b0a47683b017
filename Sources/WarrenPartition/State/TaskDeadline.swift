package import Warren

/// A time limit of an activity that runs out at some time: a timer of the partition under a number that no timer of an
/// orchestrator has. (The limit between heartbeats is the activity's lease.)
package struct TaskDeadline: Hashable {
    package enum Kind: Int, CaseIterable {
        case scheduleToStart, startToClose, total

        var timeout: ActivityTimeout {
            switch self {
            case .scheduleToStart: .scheduleToStart
            case .startToClose: .startToClose
            case .total: .total
            }
        }
    }

    package var kind: Kind
    package var taskID: Int
    /// The dispatch of the work item that the limit is for, modulo 1024; 0 for the total. Rows of a new dispatch have
    /// other keys than those that the same commit removes.
    package var dispatch: Int

    /// The first number; those above it are timers, the start of an instance, and the wait for an executor.
    private static let first = -16

    package init(_ kind: Kind, of taskID: Int, dispatch: Int) {
        self.kind = kind
        self.taskID = taskID
        self.dispatch = kind == .total ? 0 : dispatch & 1023
    }

    /// The deadline of a timer's number; `nil` for another timer.
    package init?(timer id: Int) {
        guard id <= Self.first else { return nil }
        let number = Self.first - id
        guard let kind = Kind(rawValue: number & 3) else { return nil }
        self.kind = kind
        dispatch = number >> 2 & 1023
        taskID = number >> 12
    }

    /// The number of its timer.
    package var timerID: Int { Self.first - (taskID << 12 | dispatch << 2 | kind.rawValue) }
}

extension TimerRow.Key {
    /// Whether the timer is a time limit of an activity.
    package var isTaskDeadline: Bool { TaskDeadline(timer: id) != nil }
}

extension InstanceRecord {
    func timer(_ deadline: TaskDeadline) -> TimerRow.Key { timer(deadline.timerID) }
}

/// The time limits of the activities of one partition.
extension Deadlines {
    /// Sets the limits that begin with the call, or with a dispatch of its work item that follows a lost worker.
    mutating func setLimits(
        of taskID: Int, _ terms: TaskTerms, dispatch: Int, of record: InstanceRecord, now: Timestamp,
        _ commit: inout PartitionCommit
    ) {
        let limits = terms.timeouts
        guard !limits.isEmpty else { return }
        if let limit = limits.scheduleToStart {
            set(TaskDeadline(.scheduleToStart, of: taskID, dispatch: dispatch), limit, of: record, now: now, &commit)
        }
        if dispatch == 1, let limit = limits.total {
            let left = max(.zero, limit - terms.spent)
            set(TaskDeadline(.total, of: taskID, dispatch: 0), left, of: record, now: now, &commit)
        }
    }

    private mutating func set(
        _ deadline: TaskDeadline, _ limit: Duration, of record: InstanceRecord, now: Timestamp,
        _ commit: inout PartitionCommit
    ) {
        let key = record.timer(deadline)
        if !isSet(key) { setTimer(key, at: now.advanced(by: limit), &commit) }
    }

    /// Notes that a worker has begun with a dispatch.
    mutating func noteStart(
        of taskID: Int, _ terms: TaskTerms, dispatch: Int, of record: InstanceRecord, now: Timestamp,
        _ commit: inout PartitionCommit
    ) {
        guard !terms.timeouts.isEmpty else { return }
        removeTimerIfSet(record.timer(TaskDeadline(.scheduleToStart, of: taskID, dispatch: dispatch)), &commit)
        guard let limit = terms.timeouts.startToClose else { return }
        set(TaskDeadline(.startToClose, of: taskID, dispatch: dispatch), limit, of: record, now: now, &commit)
    }

    /// Sets the limits of an open activity again, because its rows may have been damaged. Those that count from its beginning, or from
    /// a dispatch, begin anew.
    mutating func mendLimits(
        of taskID: Int, _ call: OpenTasks.ActivityCall, of record: InstanceRecord, now: Timestamp,
        _ commit: inout PartitionCommit
    ) {
        let lease = lease(record.lease(taskID))
        let dispatch = lease?.attempt ?? 1
        if lease?.isTaken == true {
            noteStart(of: taskID, call.terms, dispatch: dispatch, of: record, now: now, &commit)
        } else if let limit = call.terms.timeouts.scheduleToStart {
            set(TaskDeadline(.scheduleToStart, of: taskID, dispatch: dispatch), limit, of: record, now: now, &commit)
        }
        guard let limit = call.terms.timeouts.total else { return }
        let end = (call.scheduledAt ?? now).advanced(by: limit - call.terms.spent)
        let key = record.timer(TaskDeadline(.total, of: taskID, dispatch: 0))
        if !isSet(key) { setTimer(key, at: max(now, end), &commit) }
    }

    /// Removes the limits of one dispatch, because its worker is lost.
    mutating func removeLimits(
        of taskID: Int, _ terms: TaskTerms, dispatch: Int, of record: InstanceRecord, _ commit: inout PartitionCommit
    ) {
        guard !terms.timeouts.isEmpty else { return }
        for kind in [TaskDeadline.Kind.scheduleToStart, .startToClose] {
            removeTimerIfSet(record.timer(TaskDeadline(kind, of: taskID, dispatch: dispatch)), &commit)
        }
    }

    /// Removes the lease and the limits of an activity that has ended.
    ///
    /// - Parameter isAnswered: whether its worker has answered, or it has none: then its permit, if it has one, is free.
    mutating func endTask(
        _ taskID: Int, _ call: OpenTasks.ActivityCall, of record: InstanceRecord, isAnswered: Bool,
        _ commit: inout PartitionCommit
    ) {
        let key = record.lease(taskID)
        let terms = call.terms
        if terms.needsPermit {
            endedCalls.append(
                EndedCall(
                    activity: call.name, instanceID: record.instanceID, executionID: record.executionID,
                    taskID: taskID, lease: isAnswered ? nil : lease(key)))
        }
        removeLimits(of: taskID, terms, dispatch: lease(key)?.attempt ?? 1, of: record, &commit)
        if terms.timeouts.total != nil {
            removeTimerIfSet(record.timer(TaskDeadline(.total, of: taskID, dispatch: 0)), &commit)
        }
        removeLease(key, &commit)
    }
}
