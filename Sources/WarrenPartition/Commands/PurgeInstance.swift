import Warren
import WarrenMessaging

/// Removing ended instances, with everything that the partition keeps of them but the keys of messages that they took:
/// a start that comes again is recognised for as long as any other, and starts nothing.
extension ControlCommand {
    /// One instance, for an operator or for its purged parent.
    func purge(
        _ instance: InstanceState, _ purging: Purging, _ state: inout PartitionState, _ step: inout Step,
        _ frame: Frame
    ) {
        if let parent {
            // Nobody waits for an answer. What has another parent stays.
            guard instance.record.parent == parent else { return }
        } else {
            state.note(context, instanceID: instanceID, &step)
            step.accept(context, instanceID: instanceID, frame)
        }
        state.purge(instance, purging, &step, frame)
    }
}

/// What has to be known of an instance before it is purged.
struct Purging {
    /// Its sub-orchestrations, which go with it.
    var children: [(id: String, parent: ParentInstance)]
    /// Why they are not known, if they are not.
    var unreadable: String?
    /// Whether the call that it answers is noted.
    var isCallNoted: Bool
}

extension PartitionState {
    func resolvePurge(of instance: InstanceState) throws(Unresolved) -> Purging {
        var purging = Purging(children: [], isCallNoted: try wasTaken(instance.record.parent))
        do {
            // From the history: a child's own partition decides whether it is one of this very execution.
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
        // 1. The children go by message: most of them live in other partitions.
        for (id, parent) in purging.children {
            let command = ControlCommand(instanceID: id, verb: .purge, parent: parent)
            step.send(frame.wire.encode(.control(command), to: id))
        }
        // 2. What this step was about to write of it. Messages that it sent are on their way, whatever becomes of it.
        step.commit.forget(key)
        step.touched.removeAll { $0 === instance }
        // 3. Events that waited for a start which never came.
        dropHeld(for: HeldSubject.start(of: record.instanceID), &step)
        // 4. The rows, and what is in memory. The call that it answers may still come again.
        note(record.parent, isNoted: purging.isCallNoted, instanceID: record.instanceID, &step)
        step.commit.purgedInstances.append(key)
        purged.insert(key)
        if instances.peek(key: key) === instance {
            step.unwind(instance)
            instances.remove(instance)
        }
    }
}

extension PartitionCommit {
    /// Takes back what the commit was to write of an instance. Its other rows (inbox keys, messages that are sent) stay.
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
