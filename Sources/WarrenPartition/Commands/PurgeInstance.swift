import Warren
import WarrenMessaging

/// Removes ended instances, with everything that the partition keeps of them except the keys of messages that they
/// took: a start that arrives again is recognised for as long as any other, and starts nothing.
extension ControlCommand {
    /// Purges one instance, for an operator or for its purged parent.
    func purge(
        _ instance: InstanceState, _ purging: Purging, _ state: inout PartitionState, _ step: inout Step,
        _ frame: Frame
    ) {
        if parent == nil {
            state.note(context, instanceID: instanceID, &step)
            step.accept(context, instanceID: instanceID, frame)
        }
        state.purge(instance, purging, &step, frame)
    }
}

/// What has to be known of an instance before it is purged.
struct Purging {
    /// Its sub-orchestrations, which are purged with it.
    var children: [(id: String, parent: ParentInstance)]
    /// The reason why the sub-orchestrations are not known, if they are not.
    var unreadable: String?
    /// Whether the call that the instance answers is noted.
    var isCallNoted: Bool
}

extension PartitionState {
    /// - Parameter isRecursive: whether the sub-orchestrations are purged with it.
    func resolvePurge(of instance: InstanceState, isRecursive: Bool = true) throws(Unresolved) -> Purging {
        var purging = Purging(children: [], isCallNoted: try wasTaken(instance.record.parent))
        guard isRecursive else { return purging }
        do {
            // The children are taken from the history: a child's own partition decides whether it belongs to this very
            // execution.
            purging.children = try children(of: instance)
        } catch .damaged(_, let reason) {
            purging.unreadable = reason
        }
        return purging
    }

    mutating func purge(_ instance: InstanceState, _ purging: Purging, _ step: inout Step, _ frame: Frame) {
        let record = instance.record
        let key = record.key
        if let reason = purging.unreadable {
            step.observe(.childrenUnreadable(instanceID: record.instanceID, reason: reason))
        }
        // 1. Purge the children by message: most of them live in other partitions.
        for (id, parent) in purging.children {
            let command = ControlCommand(instanceID: id, verb: .purge, parent: parent)
            step.send(frame.wire.outboxMessage(.control(command), to: id))
        }
        // 2. Drop what this step was about to write of the instance. Messages that it sent are on their way, whatever
        // happens to it.
        step.commit.forget(key)
        step.touched.removeAll { $0 === instance }
        // 3. Drop the events that waited for a start that never came.
        dropHeld(for: HeldSubject.start(of: record.instanceID), &step)
        // 4. Remove the rows, and the instance in memory. The call that it answers may still arrive again.
        note(record.parent, isNoted: purging.isCallNoted, instanceID: record.instanceID, &step)
        step.commit.purgedInstances.append(key)
        step.purgedInstances.append(
            PurgedInstance(
                key: key, instanceID: record.instanceID, lastUpdatedAt: record.lastUpdatedAt, purgedAt: step.now))
        purged.insert(key)
        if instances.peek(key: key) === instance {
            step.unwind(instance)
            // Work that waited for its history to be stored finds that it is gone.
            step.resumed += instance.waiting
            instance.waiting = []
            instances.remove(instance)
        }
    }
}

extension PartitionCommit {
    /// Removes an instance's rows from the commit. Its other rows (inbox keys, messages that are sent) stay.
    mutating func forget(_ instance: Int64) {
        instances.removeAll { $0.record.key == instance }
        history.removeAll { $0.instance == instance }
        timers.removeAll { $0.key.instance == instance }
        leases.removeAll { $0.key.instance == instance }
        waiters.removeAll { $0.instance == instance }
    }
}

extension Refusal {
    static func notFinished(_ record: InstanceRecord) -> Refusal {
        Refusal(
            .instanceNotFinished,
            "The instance '\(record.instanceID)' is \(record.status.rawValue): only ended instances are purged. "
                + "Terminate it first, or wait for its end.")
    }
}
