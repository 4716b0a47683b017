import TestSupport
import Warren
import WarrenTestKit

/// Makes sequences of commits that keep the rules of a store: every commit fits the rows that those before it left. The
/// same sequence for the same seed.
struct AnySequence {
    private struct Instance {
        var record: InstanceRecord
        var timers: [TimerRow.Key] = []
        var leases: [TaskLease.Key] = []
        var nextTimer = 0
    }

    private var any: AnyCommit
    private var random: SeededGenerator
    private var instances: [Int64: Instance] = [:]
    private var outbox: [Int64] = []
    private var held: [Int64] = []
    private var clock: Int64 = 0
    private(set) var lastInstance: Int64 = 0
    private(set) var lastOutbox: Int64 = 0
    private(set) var lastHeld: Int64 = 0
    /// The keys of all inbox entries, and of all instances, that there ever were.
    private(set) var inboxKeys: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        any = AnyCommit(seed: seed &+ 1)
    }

    mutating func commit() -> PartitionCommit {
        clock += 1
        var commit = PartitionCommit()
        // Not more than one kind of write to one instance in a commit, apart from the rows that it adds.
        var untouched = instances.keys.sorted()
        untouched.shuffle(using: &random)
        if random.chance(oneIn: 6), let key = untouched.popLast() {
            commit.purgedInstances.append(key)
            instances[key] = nil
        }
        if random.chance(oneIn: 8), let key = untouched.popLast() {
            commit.clearedInstances.append(key)
            instances[key]?.timers = []
            instances[key]?.leases = []
        }
        for _ in 0..<random.below(3) { insert(into: &commit) }
        for key in untouched.prefix(random.below(4)) { step(key, &commit) }
        addMessages(to: &commit)
        if random.chance(oneIn: 10) { commit.forgetInboxBefore = Timestamp(microseconds: clock - 20) }
        return commit
    }

    /// The failure column holds JSON, so the data of a failure have to be JSON.
    private mutating func storableRecord() -> InstanceRecord {
        var record = any.instanceWrite().record
        if record.failure != nil {
            record.failure = FailureDetails(
                type: any.text(), message: any.text(), details: Payload(json: "[1]"),
                inner: [FailureDetails(type: "Inner", message: any.text(), stack: any.text())])
        }
        return record
    }

    private mutating func insert(into commit: inout PartitionCommit) {
        lastInstance += 1
        var record = storableRecord()
        record.key = lastInstance
        record.instanceID = "\(lastInstance) \(any.text())"
        record.generation = 0
        record.episodes = 1
        commit.instances.append(InstanceWrite(.insert, record))
        commit.history.append(HistoryRow(instance: record.key, generation: 0, episode: 0, events: any.bytes()))
        instances[record.key] = Instance(record: record)
    }

    private mutating func step(_ key: Int64, _ commit: inout PartitionCommit) {
        guard var instance = instances[key] else { return }
        let old = instance.record
        var record = storableRecord()
        (record.key, record.instanceID) = (key, old.instanceID)
        if random.chance(oneIn: 4) {
            // The last episode of the old generation is in the commit that begins the new one.
            commit.history.append(
                HistoryRow(instance: key, generation: old.generation, episode: old.episodes, events: any.bytes()))
            (record.generation, record.episodes) = (old.generation + 1, 1)
            commit.instances.append(InstanceWrite(.replace, record))
            (instance.timers, instance.leases, instance.nextTimer) = ([], [], 0)
        } else {
            (record.generation, record.episodes) = (old.generation, old.episodes + 1)
            commit.instances.append(InstanceWrite(.update, record))
        }
        commit.history.append(
            HistoryRow(instance: key, generation: record.generation, episode: record.episodes - 1, events: any.bytes()))
        instance.record = record
        changeRows(of: &instance, &commit)
        if random.chance(oneIn: 3) { commit.waiters.append(WaiterRow(instance: key, address: any.bytes())) }
        if random.chance(oneIn: 5) { commit.removedWaiters.append(key) }
        instances[key] = instance
    }

    private mutating func changeRows(of instance: inout Instance, _ commit: inout PartitionCommit) {
        let (key, generation) = (instance.record.key, instance.record.generation)
        if random.chance(oneIn: 2), let timer = instance.timers.popLast() { commit.removedTimers.append(timer) }
        if random.chance(oneIn: 2), let lease = instance.leases.popLast() { commit.removedLeases.append(lease) }
        if random.chance(oneIn: 6), let lease = instance.leases.popLast() {
            commit.setAside.append(DamagedRow(lease: lease, reason: any.text()))
        }
        if random.chance(oneIn: 6), let timer = instance.timers.last {
            // It is written again, and where it is intact replaced.
            commit.setAside.append(DamagedRow(timer: timer, reason: any.text()))
            commit.timers.append(TimerRow(key: timer, fireAt: any.time()))
        }
        for _ in 0..<random.below(3) {
            let timer = TimerRow.Key(instance: key, generation: generation, id: instance.nextTimer)
            instance.nextTimer += 1
            instance.timers.append(timer)
            commit.timers.append(TimerRow(key: timer, fireAt: any.time()))
            let lease = TaskLease.Key(instance: key, generation: generation, taskID: random.below(3))
            if !instance.leases.contains(lease) { instance.leases.append(lease) }
            commit.leases.append(TaskLease(key: lease, attempt: 1 + random.below(3), expiresAt: any.time()))
        }
    }

    private mutating func addMessages(to commit: inout PartitionCommit) {
        for _ in 0..<random.below(3) {
            lastOutbox += 1
            outbox.append(lastOutbox)
            commit.outbox.append(OutboxRow(id: lastOutbox, messages: any.bytes()))
            lastHeld += 1
            held.append(lastHeld)
            commit.held.append(
                HeldMessage(id: lastHeld, subject: any.text(), expiresAt: any.time(), message: any.bytes()))
            let key = "\(inboxKeys.count) \(any.text())"
            inboxKeys.append(key)
            commit.inbox.append(
                InboxEntry(
                    key: key, bodyHash: any.int64(), instanceID: any.text(), at: Timestamp(microseconds: clock)))
        }
        if random.chance(oneIn: 2), let id = outbox.popLast() { commit.removedOutbox.append(id) }
        if random.chance(oneIn: 3), let id = outbox.popLast() {
            commit.setAside.append(DamagedRow(.outbox, key: id, reason: any.text()))
        }
        if random.chance(oneIn: 2), let id = held.popLast() { commit.removedHeld.append(id) }
        // A row that does not exist: its removal breaks no rule.
        if random.chance(oneIn: 5) { commit.removedHeld.append(any.int64()) }
    }
}
