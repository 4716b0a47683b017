package import Warren
package import WarrenStorage

/// What a partition's disk keeps, whatever becomes of processes.
package final class SimDisk: @unchecked Sendable {
    package let partition: Int
    let world: SimWorld
    let faults: SimFaults
    var rows = SteppedPartition()
    private(set) var epoch: Int64 = 0
    /// How many commits are durable.
    private(set) var commits = 0
    /// Told of commits that have become durable.
    var onFlush: ([PartitionCommit], SimDisk) -> Void = { _, _ in }
    /// A planted bug.
    var forgetsKeys = false
    var entity: String { "p\(partition)" }

    init(_ partition: Int, _ world: SimWorld, _ faults: SimFaults) {
        self.partition = partition
        self.world = world
        self.faults = faults
    }

    /// The partition's identity for the next opening.
    func identity(hub: String, partitionCount: Int) -> PartitionIdentity {
        epoch += 1
        return PartitionIdentity(
            hub: hub, partition: partition, partitionCount: partitionCount, storeID: "store-\(partition)", epoch: epoch,
            secret: PartitionSecret(bytes: Self.secret(of: partition)))
    }

    /// The same in every run.
    static func secret(of partition: Int) -> [UInt8] {
        (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ partition &* 13 &+ 1) }
    }

    /// A row is not what was written, found when the store is opened.
    func damage() {
        guard commits > 0, faults.strikes(.rowDamaged, of: entity) != nil else { return }
        let number = world.draws.number("row", entity, Int(epoch))
        if let text = rows.damage(Int(number % 1_000_000)) { world.trace { "** damaged: \(text)" } }
    }

    func apply(_ commits: [PartitionCommit]) throws(StorageError) {
        do throws(StorageError) {
            try rows.apply(forgetsKeys ? commits.map(\.withoutKeys) : commits)
        } catch {
            world.fail("I5", entity, "a commit breaks a rule: \(error)")
            throw error
        }
        self.commits += commits.count
        world.trace { "flush p\(partition) " + commits.map { SimTrace.text($0) }.joined(separator: " | ") }
        onFlush(commits, self)
    }
}

/// One opening of a partition by one process.
package final class SimStore: PartitionStore, @unchecked Sendable {
    private struct Pending {
        var commit: PartitionCommit
        var completion: (Result<Void, StorageError>) -> Void
    }

    package let identity: PartitionIdentity
    private let disk: SimDisk
    private let isAlive: () -> Bool
    private let kill: () -> Void
    private var pending: [Pending] = []
    private var isFlushing = false
    private var isClosed = false
    private var failure: StorageError?
    /// A planted bug.
    var losesTimer = false

    /// How many steps may be on their way to the disk.
    static let mostPending = 32

    init(_ disk: SimDisk, hub: String, partitionCount: Int, isAlive: @escaping () -> Bool, kill: @escaping () -> Void) {
        self.disk = disk
        self.isAlive = isAlive
        self.kill = kill
        identity = disk.identity(hub: hub, partitionCount: partitionCount)
    }

    package func recover() throws -> RecoveredPartition {
        var recovered = try read { $0.recover() }
        if losesTimer, !recovered.timers.isEmpty { recovered.timers.removeFirst() }
        return recovered
    }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        guard isAlive() else { return }
        pending.append(Pending(commit: commit, completion: completion))
        if pending.count > Self.mostPending + 1 {
            disk.world.fail("E5", disk.entity, "\(pending.count) commits are on their way")
        }
        flushLater()
    }

    private func flushLater() {
        guard !isFlushing, !pending.isEmpty else { return }
        isFlushing = true
        let wait: Int64 = disk.faults.strikes(.slowFlush, of: disk.entity) == nil ? 0 : 2_500_000
        disk.world.after(wait + disk.faults.delay("flush", disk.entity, most: 4000)) { [self] in
            isFlushing = false
            guard isAlive(), !isClosed else { return }
            flush()
            flushLater()
        }
    }

    private func flush() {
        if let failure { return reject(because: failure) }
        let count = 1 + Int(disk.world.draws.number("group", disk.entity, disk.commits) % 8)
        let group = Array(pending.prefix(count))
        switch disk.faults.strikes(.commitFails, .deathBeforeCommit, .deathAfterCommit, of: disk.entity) {
        case .commitFails:
            let error = StorageError(disk.commits % 2 == 0 ? .io : .full, "The disk failed.")
            failure = error
            pending.removeFirst(group.count)
            for commit in group { commit.completion(.failure(error)) }
            return reject(because: error)
        case .deathBeforeCommit: return kill()
        case .deathAfterCommit:
            write(group)
            return kill()
        default: break
        }
        write(group)
        pending.removeFirst(group.count)
        for commit in group where isAlive() { commit.completion(.success(())) }
    }

    private func write(_ group: [Pending]) {
        do {
            try disk.apply(group.map(\.commit))
        } catch {
            failure = error
        }
    }

    private func reject(because failure: StorageError) {
        let rejected = pending
        pending = []
        for commit in rejected {
            commit.completion(.failure(StorageError(.closed, "An earlier commit failed: \(failure.message)")))
        }
    }

    package func close() {
        guard !isClosed else { return }
        if isAlive(), failure == nil {
            while !pending.isEmpty {
                let group = Array(pending.prefix(8))
                write(group)
                pending.removeFirst(group.count)
                for commit in group { commit.completion(.success(())) }
            }
        } else if isAlive(), let failure {
            reject(because: failure)
        }
        isClosed = true
    }

    // MARK: - Reading

    package func instance(_ instanceID: String) throws -> InstanceRecord? { try read { $0.instance(instanceID) } }
    package func instance(key: Int64) throws -> InstanceRecord? { try read { $0.instance(key: key) } }
    package func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        try read { $0.history(of: instance, generation: generation) }
    }
    package func inboxEntry(_ key: String) throws -> InboxEntry? { try read { $0.inboxEntry(key) } }
    package func outbox(after id: Int64, most rows: Int, bytes: Int) throws -> [OutboxRow] {
        try read { $0.outbox(after: id, most: rows, bytes: bytes) }
    }
    package func waiters(of instance: Int64) throws -> [[UInt8]] { try read { $0.waiters(of: instance) } }
    package func damagedRows(most: Int) throws -> DamagedRows { try read { $0.damagedRows(most: most) } }
    package func heldMessage(_ id: Int64) throws -> [UInt8]? { try read { $0.heldMessage(id) } }
    package func list(_ query: InstanceQuery) throws -> RecordPage { try read { $0.list(query) } }
    package func counts() throws -> PartitionCounts { try read { $0.counts() } }
    package func openInstances() throws -> [String: Int] { try read { $0.openInstances() } }

    private func read<Result>(_ body: (SteppedPartition) -> Result) throws(StorageError) -> Result {
        guard !isClosed else { throw StorageError(.closed, "The store was closed.") }
        if isAlive(), disk.faults.strikes(.readFails, of: disk.entity) != nil {
            throw StorageError(.io, "The disk failed.")
        }
        return body(disk.rows)
    }
}

extension PartitionCommit {
    fileprivate var withoutKeys: PartitionCommit {
        var commit = self
        commit.inbox = []
        return commit
    }
}

/// Commits in the trace.
enum SimTrace {
    static func text(_ commit: PartitionCommit) -> String {
        var parts: [String] = []
        func add(_ name: String, _ count: Int) { if count > 0 { parts.append("\(name) \(count)") } }
        parts += commit.instances.map { "\($0.record.instanceID)=\($0.record.status.rawValue)" }
        add("history", commit.history.count)
        for row in commit.history {
            let events = (try? HistoryCodec.decode(row.events)) ?? []
            parts.append("{" + events.map { text($0) }.joined(separator: " ") + "}")
        }
        parts += commit.inbox.map { "key:\($0.key)" }
        parts += commit.timers.map { "timer \($0.key.instance)/\($0.key.id)" }
        parts += commit.removedTimers.map { "-timer \($0.instance)/\($0.id)" }
        add("leases", commit.leases.count)
        add("-leases", commit.removedLeases.count)
        parts += commit.outbox.map { "out \($0.id)" }
        parts += commit.removedOutbox.map { "-out \($0)" }
        add("held", commit.held.count)
        add("-held", commit.removedHeld.count)
        parts += commit.purgedInstances.map { "purge \($0)" }
        return "[\(parts.joined(separator: ", "))]"
    }

    private static func text(_ event: HistoryEvent) -> String {
        switch event {
        case .orchestratorStarted: "·"
        case .executionStarted: "started"
        case .taskScheduled(let id, _, _, _): "task\(id)"
        case .taskCompleted(let id, _): "task\(id)=ok"
        case .taskFailed(let id, let failure): "task\(id)=\(failure.type)"
        case .subOrchestrationCreated(let id, _, _, _): "child\(id)"
        case .subOrchestrationCompleted(let id, _): "child\(id)=ok"
        case .subOrchestrationFailed(let id, _): "child\(id)=failed"
        case .timerCreated(let id, _): "timer\(id)"
        case .timerFired(let id): "timer\(id)=fired"
        case .eventRaised(let name, let input): "event:\(name)\(input.json)"
        case .continuedAsNew: "continued"
        case .executionCompleted(let status, _, _): "end:\(status.rawValue)"
        case .executionTerminated: "terminated"
        case .executionSuspended: "suspended"
        case .executionResumed: "resumed"
        case .eventSent(_, let target, let name, _): "send:\(name)>\(target)"
        case .orchestrationStarted(_, _, let target, _, _): "start>\(target)"
        }
    }
}
