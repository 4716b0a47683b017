package import Warren
package import WarrenStorage

/// One opening of a partition's store by one process.
package final class SimStore: PartitionStore, @unchecked Sendable {
    private struct Pending {
        var commits: [PartitionCommit]
        var position: JournalPosition?
        var completion: (Result<Void, StorageError>) -> Void
    }

    package let identity: PartitionIdentity
    package let journalPosition: JournalPosition?
    private let disk: SimDisk
    private let life: SimLife
    private let kill: () -> Void
    private var pending: [Pending] = []
    private var isFlushing = false
    private var isClosed = false
    private var failure: StorageError?
    /// A switch for a planted bug.
    var losesTimer = false
    /// Keeps copies; `nil` in a run without snapshots.
    var copies: SimCopies?

    /// The maximum number of steps on their way to the disk.
    static let mostPending = 32

    init(_ disk: SimDisk, hub: String, partitionCount: Int, life: SimLife, kill: @escaping () -> Void) {
        self.disk = disk
        self.life = life
        self.kill = kill
        identity = disk.identity(hub: hub, partitionCount: partitionCount)
        journalPosition = disk.rows.position
    }

    package func recover() throws -> RecoveredPartition {
        var recovered = try read { $0.recover() }
        if losesTimer, !recovered.timers.isEmpty { recovered.timers.removeFirst() }
        return recovered
    }

    package func commit(
        _ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        add(Pending(commits: [commit], completion: completion))
    }

    package func apply(
        _ commits: [PartitionCommit], at position: JournalPosition,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        add(Pending(commits: commits, position: position, completion: completion))
    }

    package func copy(to path: String) throws -> JournalPosition? {
        guard let copies, isAlive(), !isClosed else { throw StorageError(.closed, "The store was closed.") }
        if disk.faults.strikes(.copyFails, of: disk.entity) != nil { throw StorageError(.full, "The disk is full.") }
        copies.copy(disk, to: path)
        return disk.rows.position
    }

    private func isAlive() -> Bool { !life.isOver }

    private func add(_ unit: Pending) {
        guard isAlive() else { return }
        guard !isClosed else {
            return disk.world.after(1) { [life] in
                life.run { unit.completion(.failure(StorageError(.closed, "The store was closed."))) }
            }
        }
        pending.append(unit)
        if disk.journal == nil, pending.count > Self.mostPending + 1 {
            disk.world.fail("E5", disk.entity, "\(pending.count) commits are on their way")
        }
        flushLater()
    }

    private func flushLater() {
        guard !isFlushing, !pending.isEmpty else { return }
        isFlushing = true
        let wait: Int64 = disk.faults.strikes(.slowFlush, of: disk.entity) == nil ? 0 : 2_500_000
        disk.world.after(wait + disk.faults.delay("flush", disk.entity, most: 4000)) { [self] in
            life.run { [self] in
                isFlushing = false
                guard !isClosed else { return }
                flush()
                flushLater()
            }
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
            try disk.apply(group.flatMap(\.commits), at: group.last { $0.position != nil }?.position)
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
