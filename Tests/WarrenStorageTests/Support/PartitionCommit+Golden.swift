import Warren
import WarrenTestKit

extension PartitionCommit {
    /// A commit with something in every property.
    static var golden: PartitionCommit {
        var commit = PartitionCommit()
        var failed = InstanceRecord.full
        failed.failure = FailureDetails(
            type: "Declined", message: "no \"funds\"", stack: "at 1\nat 2",
            inner: [FailureDetails(type: "Timeout", message: "")], isNonRetriable: true)
        var started = failed
        (started.key, started.generation, started.episodes) = (8, 0, 1)
        commit.instances = [
            InstanceWrite(.insert, started), InstanceWrite(.update, failed), InstanceWrite(.replace, .sample(9)),
        ]
        commit.history = [HistoryRow(instance: 7, generation: 3, episode: 0, events: [1, 2, 3])]
        commit.inbox = [InboxEntry(key: "m-1", bodyHash: -5, instanceID: "order-8", at: time(1_000_000))]
        commit.timers = [TimerRow(key: .init(instance: 7, generation: 3, id: -1), fireAt: time(2_000_000))]
        commit.removedTimers = [TimerRow.Key(instance: 7, generation: 3, id: 4)]
        commit.leases = [
            TaskLease(key: .init(instance: 7, generation: 3, taskID: 5), attempt: 2, expiresAt: TaskLease.never)
        ]
        commit.removedLeases = [TaskLease.Key(instance: 7, generation: 3, taskID: 6)]
        commit.outbox = [OutboxRow(id: 300, messages: [9])]
        commit.removedOutbox = [298, 299]
        commit.held = [HeldMessage(id: 3, subject: "instance:x", expiresAt: time(5), message: [7, 7])]
        commit.removedHeld = [1, 2]
        commit.waiters = [WaiterRow(instance: 8, address: [0xAA])]
        commit.removedWaiters = [7]
        commit.purgedInstances = [1, 2]
        commit.forgetInboxBefore = time(-1)
        commit.setAside = [
            DamagedRow(timer: .init(instance: 12, generation: 3, id: 4), reason: "The checksum is wrong.")
        ]
        commit.clearedInstances = [5]
        return commit
    }

    /// A commit with instances that wait for events, of each kind of write, beside one that does not.
    static var goldenWaits: PartitionCommit {
        var commit = PartitionCommit()
        var (first, second) = (InstanceRecord.sample(1), InstanceRecord.sample(3))
        first.eventWaits = bytes(#"[["Approval",1796000000000000]]"#)
        second.eventWaits = bytes(#"[["é \"1\"",-5],["Go",7],12]"#)
        commit.instances = [
            InstanceWrite(.update, first), InstanceWrite(.update, .sample(2)), InstanceWrite(.insert, second),
            InstanceWrite(.replace, first),
        ]
        return commit
    }

    /// A commit with new instances and generations in a trace.
    static var goldenTraces: PartitionCommit {
        var commit = PartitionCommit()
        var (first, second) = (InstanceRecord.sample(1), InstanceRecord.sample(3))
        first.trace = .sample
        second.trace = .sampleWithState
        second.eventWaits = bytes(#"[["Go",7]]"#)
        commit.instances = [
            InstanceWrite(.insert, .sample(2)), InstanceWrite(.insert, first), InstanceWrite(.update, first),
            InstanceWrite(.replace, second),
        ]
        return commit
    }

    /// A commit with versions and conditions of instances, of each kind of write.
    static var goldenVersions: PartitionCommit {
        var commit = PartitionCommit()
        var (first, second) = (InstanceRecord.sample(1), InstanceRecord.sample(3))
        first.version = "2.0"
        first.conditionBytes = bytes(#"{"bodyEnd":"Completed"}"#)
        second.version = "1.0-a"
        second.conditionBytes = bytes(#"{"cause":"operator"}"#)
        commit.instances = [
            InstanceWrite(.insert, .sample(2)), InstanceWrite(.insert, first), InstanceWrite(.update, first),
            InstanceWrite(.replace, second),
        ]
        return commit
    }

    /// The commit without what an update does not change.
    var asEncoded: PartitionCommit {
        var commit = self
        commit.instances = instances.map { write in
            guard write.kind == .update else { return write }
            let record = write.record
            var step = InstanceRecord(
                key: record.key, instanceID: "", executionID: "", generation: record.generation, name: "",
                status: record.status, createdAt: Timestamp(microseconds: 0), lastUpdatedAt: record.lastUpdatedAt,
                input: Payload(bytes: []))
            (step.completedAt, step.output) = (record.completedAt, record.output)
            step.customStatus = record.customStatus
            (step.failure, step.episodes, step.waiters) = (record.failure, record.episodes, record.waiters)
            step.eventWaits = record.eventWaits
            step.conditionBytes = record.conditionBytes
            return InstanceWrite(.update, step)
        }
        return commit
    }
}
