package import Warren

/// What a partition waits for the clock to reach: timers, leases and messages that are kept for a time.
///
/// A timer or a message has an alarm as long as its row is in the store, or in a commit on its way there; a lease has
/// one as long as a worker has the work item. An alarm that has fired is gone, and its row is removed with the commit
/// of its effect.
package struct Deadlines {
    private var alarms = AlarmQueue()
    /// The leases of long activities that a worker has taken, and those that are kept to count dispatches.
    private var leases: [TaskLease.Key: TaskLease] = [:]
    /// The calls of activities with limits that have ended in the open step.
    var endedCalls: [EndedCall] = []

    /// Whether there has ever been a timer of an episode: otherwise there is nothing to look for.
    private(set) var mayHaveEpisodes = false

    /// The bounds on the lease that a worker may request.
    private static let shortestLease = Duration.seconds(1)
    private static let longestLease = Duration.seconds(24 * 3600)

    /// The time of the earliest alarm.
    package var next: Timestamp? { mutating get { alarms.next } }

    /// Takes one due alarm.
    package mutating func popDue(_ now: Timestamp) -> AlarmQueue.Subject? { alarms.popDue(now) }

    // MARK: - Timers

    /// Sets the alarm of a timer that is in the store.
    mutating func restore(_ timer: TimerRow) { setAgain(timer.key, at: timer.fireAt) }

    func isSet(_ timer: TimerRow.Key) -> Bool { alarms.contains(.timer(timer)) }

    mutating func setTimer(_ key: TimerRow.Key, at time: Timestamp, _ commit: inout PartitionCommit) {
        setAgain(key, at: time)
        commit.timers.append(TimerRow(key: key, fireAt: time))
    }

    /// Removes a timer if it is set.
    mutating func removeTimerIfSet(_ key: TimerRow.Key, _ commit: inout PartitionCommit) {
        if isSet(key) { removeTimer(key, &commit) }
    }

    mutating func removeTimer(_ key: TimerRow.Key, _ commit: inout PartitionCommit) {
        alarms.remove(.timer(key))
        commit.removedTimers.append(key)
    }

    /// Removes the alarm of a timer. The timer's row may stay.
    mutating func remove(_ key: TimerRow.Key) { alarms.remove(.timer(key)) }

    /// Sets the alarm of a timer again; its row is in the store.
    mutating func setAgain(_ key: TimerRow.Key, at time: Timestamp) {
        alarms.set(.timer(key), at: time)
        if key.id == TimerRow.Key.episode { mayHaveEpisodes = true }
    }

    // MARK: - Leases

    /// Restores a lease that is in the store.
    ///
    /// Heartbeats that arrived while no host was running are still in the queue, so every worker gets the whole time
    /// again.
    ///
    /// - Parameter time: the length of a lease, unless the call sets another one.
    mutating func restore(_ lease: TaskLease, now: Timestamp, for time: Duration) {
        var lease = lease
        guard lease.isTaken else {
            leases[lease.key] = lease
            return
        }
        lease.expiresAt = max(lease.expiresAt, now.advanced(by: lease.limit ?? time))
        leases[lease.key] = lease
        alarms.set(.lease(lease.key), at: lease.expiresAt)
    }

    func lease(_ key: TaskLease.Key) -> TaskLease? { leases[key] }

    /// A worker's sign of life.
    struct Beat {
        /// The number of the worker's dispatch; `nil` if the worker does not state it.
        var attempt: Int?
        /// The time for which the worker keeps the item.
        var duration: Duration
        var details: Payload?
        /// The queue in which the worker can be reached.
        var worker: String?
        /// The longest time between two heartbeats that the call allows, if it is known: it replaces the duration.
        var limit: Duration?
    }

    /// Extends the lease of a worker that continues with a work item, or has taken it.
    ///
    /// - Returns: the number of the dispatch if this is the first sign of life of its worker; `nil` otherwise.
    @discardableResult
    mutating func extendLease(
        _ key: TaskLease.Key, _ beat: Beat, now: Timestamp, _ commit: inout PartitionCommit
    ) -> Int? {
        let known = leases[key]
        let current = known?.attempt ?? 1
        // A worker that was given up may still be alive, but must not answer for the one that has the item now.
        if let attempt = beat.attempt, attempt < current { return nil }
        let attempt = beat.attempt ?? current
        let isFirst = known?.isTaken != true || attempt > current
        let limit = beat.limit ?? known?.limit
        let duration = limit ?? min(max(beat.duration, Self.shortestLease), Self.longestLease)
        set(
            TaskLease(
                key: key, attempt: attempt, expiresAt: now.advanced(by: duration),
                details: beat.details ?? known?.details, worker: beat.worker ?? (isFirst ? nil : known?.worker),
                limit: limit), &commit)
        return isFirst ? attempt : nil
    }

    /// Gives a lease that expires to an activity without one, because a row was damaged: that of the lease, or that of
    /// the work item, so that the broker may not have the item.
    mutating func adoptLease(_ key: TaskLease.Key, until time: Timestamp, _ commit: inout PartitionCommit) {
        let known = leases[key]
        guard known?.isTaken != true else { return }
        set(
            TaskLease(key: key, attempt: known?.attempt ?? 1, expiresAt: time, details: known?.details), &commit)
    }

    private mutating func set(_ lease: TaskLease, _ commit: inout PartitionCommit) {
        leases[lease.key] = lease
        alarms.set(.lease(lease.key), at: lease.expiresAt)
        commit.leases.append(lease)
    }

    /// Notes that a work item is dispatched once more: the broker has it, and nothing expires.
    ///
    /// - Returns: the number of the dispatch.
    mutating func dispatchAgain(_ key: TaskLease.Key, after attempt: Int, _ commit: inout PartitionCommit) -> Int {
        alarms.remove(.lease(key))
        // Workers cannot read a larger number, and a worker may have reported an invented one.
        let lease = TaskLease(
            key: key, attempt: min(attempt, Int(Int32.max) - 1) + 1, expiresAt: TaskLease.never,
            details: leases[key]?.details)
        leases[key] = lease
        commit.leases.append(lease)
        return lease.attempt
    }

    /// Removes the lease of a task that has ended, if there is one.
    mutating func removeLease(_ key: TaskLease.Key, _ commit: inout PartitionCommit) {
        guard leases.removeValue(forKey: key) != nil else { return }
        alarms.remove(.lease(key))
        commit.removedLeases.append(key)
    }

    /// Notes that a work item is dispatched for the first time, after it has waited for a permit.
    mutating func noteDispatch(_ key: TaskLease.Key, _ commit: inout PartitionCommit) {
        let lease = TaskLease(key: key, attempt: 1, expiresAt: TaskLease.never)
        leases[key] = lease
        commit.leases.append(lease)
    }

    // MARK: - Permits

    /// A call of an activity with limits that has ended.
    struct EndedCall {
        var activity: String
        var instanceID: String
        var executionID: String
        var taskID: Int
        /// Its lease, if a worker may be busy with it.
        var lease: TaskLease?
    }

    /// Returns the calls of activities with limits that have ended since the last call; once.
    mutating func takeEndedCalls() -> [EndedCall] {
        if endedCalls.isEmpty { return [] }
        defer { endedCalls = [] }
        return endedCalls
    }

    /// Sets, moves or removes the alarm of an activity's permits.
    mutating func setPermits(_ activity: String, at time: Timestamp?) {
        if let time {
            alarms.set(.permits(activity), at: time)
        } else {
            alarms.remove(.permits(activity))
        }
    }

    // MARK: - Held messages

    mutating func setHeld(_ id: Int64, at time: Timestamp) { alarms.set(.held(id), at: time) }

    mutating func removeHeld(_ id: Int64) { alarms.remove(.held(id)) }

    // MARK: - Instances

    /// Removes the timers and leases of the open tasks of an execution.
    mutating func drop(_ open: OpenTasks, of record: InstanceRecord, _ commit: inout PartitionCommit) {
        for (id, task) in open.sorted {
            switch task {
            case .timer: removeTimer(record.timer(id), &commit)
            case .activity(let call): endTask(id, call, of: record, isAnswered: false, &commit)
            case .subOrchestration: break
            }
        }
    }

    /// Forgets every timer and lease of an instance with an unreadable history, including those in the open commit.
    mutating func forgetAll(of instance: Int64, _ commit: inout PartitionCommit) {
        alarms.removeAll { subject in
            switch subject {
            case .timer(let timer): timer.instance == instance
            case .lease(let lease): lease.instance == instance
            case .held, .permits: false
            }
        }
        leases = leases.filter { $0.key.instance != instance }
        commit.timers.removeAll { $0.key.instance == instance }
        commit.leases.removeAll { $0.key.instance == instance }
        commit.clearedInstances.append(instance)
    }
}

extension InstanceRecord {
    /// The key of a timer of the present execution; -1 is that of the scheduled start.
    func timer(_ id: Int) -> TimerRow.Key { TimerRow.Key(instance: key, generation: generation, id: id) }

    /// The key of the lease of a task of the present execution.
    func lease(_ taskID: Int) -> TaskLease.Key { TaskLease.Key(instance: key, generation: generation, taskID: taskID) }
}
