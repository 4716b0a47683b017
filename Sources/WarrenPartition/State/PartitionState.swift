import Warren
import WarrenMessaging

/// A partition's knowledge beyond its store: the contents of memory, and the changes in commits on their way.
package struct PartitionState {
    /// The instances in memory. One with new events, an episode or a commit on its way is never removed.
    var instances: InstanceCache
    /// The keys of messages in commits on their way.
    var inbox = RecentKeys()
    /// Messages that wait for something to exist.
    var held = HeldMessages()
    /// The instances that are removed by a commit that is not durable yet: the store still shows them.
    var purged: Set<Int64> = []
    var deadlines = Deadlines()
    /// The activities with limits.
    var permits = Permits()
    /// Whether new work is taken.
    var gate: OutboxGate
    var damage: DamageFindings
    /// The activities that were called since the partition was opened.
    var knownActivities: Set<String> = []
    /// The answers that were read for the current work: a few rows, searched one by one.
    var facts: [(request: ReadRequest, answer: ReadAnswer)] = []

    private var entropy: Entropy
    private var lastInstanceKey: Int64
    private var lastOutboxID: Int64
    private var lastHeldID: Int64
    private var lastEpisode: UInt64
    /// The time when old message keys were last removed.
    private var lastForgetting: Timestamp?

    /// Continues where the last host stopped.
    init(_ recovered: RecoveredPartition, _ around: PartitionSurroundings, entropy: Entropy, now: Timestamp) {
        instances = InstanceCache(capacity: around.rules.warmInstances)
        gate = OutboxGate(limit: around.rules.outboxLimit)
        damage = DamageFindings(recovered.damaged)
        self.entropy = entropy
        // A late answer to a request of an earlier process must not be taken for an answer to this one.
        lastEpisode = self.entropy.next() >> 1
        lastInstanceKey = recovered.lastInstanceKey
        lastOutboxID = recovered.lastOutboxID
        lastHeldID = recovered.lastHeldID
        for var timer in recovered.timers {
            // This host gets no answers from the executor of that episode.
            if timer.key.id == TimerRow.Key.episode { timer.fireAt = now }
            // What workers sent while no host was running is still in the queue, and is taken first.
            if timer.key.isTaskDeadline {
                timer.fireAt = max(timer.fireAt, now.advanced(by: min(around.rules.lease, Self.deadlineGrace)))
            }
            deadlines.restore(timer)
        }
        for lease in recovered.leases {
            deadlines.restore(lease, now: now, for: around.rules.lease)
        }
        for message in recovered.held {
            if permits.restore(message) { continue }
            held.insert(message)
            // A start is applied at once if this host knows its orchestration, and an entity goes on.
            let isDue =
                if let start = HeldSubject.orchestration(of: message.subject) {
                    !around.catalog.admission(of: start.name, version: start.version).verdict.keepsStartWaiting
                } else if let kind = HeldSubject.kind(awaitedBy: message.subject) {
                    around.catalog.runsEntity(kind)
                } else {
                    HeldSubject.entity(queueing: message.subject) != nil
                }
            deadlines.setHeld(message.id, at: isDue ? now : message.expiresAt)
        }
        for permits in permits.all { deadlines.setPermits(permits.known.activity, at: now) }
    }

    /// The time that workers' messages get after a start, before limits of activities run out that did so meanwhile.
    private static let deadlineGrace = Duration.seconds(10)

    // MARK: - Numbers that are given once

    mutating func nextInstanceKey() -> Int64 {
        lastInstanceKey += 1
        return lastInstanceKey
    }

    mutating func nextOutboxID() -> Int64 {
        lastOutboxID += 1
        return lastOutboxID
    }

    mutating func nextHeldID() -> Int64 {
        lastHeldID += 1
        return lastHeldID
    }

    mutating func nextEpisode() -> UInt64 {
        lastEpisode += 1
        return lastEpisode
    }

    mutating func newExecutionID() -> String { entropy.executionID() }

    // MARK: - Steps on their way

    /// Notes what a commit contains, before it is handed over.
    mutating func keep(_ commit: PartitionCommit) -> StepMemory {
        var memory = StepMemory()
        memory.inbox = commit.inbox.map(\.key)
        memory.instances = Set(commit.instances.map(\.record.key)).union(commit.waiters.map(\.instance))
        for key in memory.instances {
            guard let instance = instances.peek(key: key) else { continue }
            instance.commitsInFlight += 1
            instance.hasUnsealedHistory = false
        }
        memory.purged = commit.purgedInstances
        memory.leased = commit.leases.map(\.key.instance) + commit.removedLeases.map(\.instance)
        memory.held = commit.held.map(\.id)
        return memory
    }

    /// Drops what was kept for a commit that is durable now.
    mutating func conclude(_ memory: StepMemory) {
        held.stored(memory.held)
        inbox.forget(memory.inbox)
        for key in memory.instances {
            guard let instance = instances.peek(key: key) else { continue }
            instance.commitsInFlight -= 1
            if instance.commitsInFlight == 0, !instance.unrunRows.isEmpty { instance.unrunRows = [] }
        }
        purged.subtract(memory.purged)
    }

    /// Removes, at most once a second, some keys of messages that are too old to arrive again, together with what is
    /// written anyway.
    mutating func forgetOldKeys(_ commit: inout PartitionCommit, _ frame: Frame) {
        guard !commit.isEmpty else { return }
        let now = frame.now
        if let last = lastForgetting, now >= last, now.duration(since: last) < .seconds(1) { return }
        lastForgetting = now
        commit.forgetInboxBefore = now.advanced(by: .zero - frame.rules.duplicateMemory)
    }
}
