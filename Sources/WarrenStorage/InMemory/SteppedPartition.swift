package import Warren

/// A partition's rows that change only on explicit calls: the disk of a simulation. The rules for commits are those of
/// every other store.
///
/// Not thread-safe.
package struct SteppedPartition {
    private var rows = InMemoryPartition()
    /// Rows that are not what was written, by the numbers under which they are set aside.
    private var timers: [Int64: TimerRow.Key] = [:]
    private var leases: [Int64: TaskLease.Key] = [:]
    private var damagedInstances: Set<Int64> = []
    private var damagedOutbox: Set<Int64> = []
    private var lastDamage: Int64 = 0

    package init() {}

    /// Applies commits together, or throws and leaves none of them applied.
    package mutating func apply(_ commits: [PartitionCommit]) throws(StorageError) {
        try rows.apply(commits.flatMap { [clearing($0), $0] }.map { PendingCommit(commit: $0) { _ in } }[...])
        for row in commits.lazy.flatMap(\.setAside) {
            switch row.table {
            case .timers: timers[row.key] = nil
            case .leases: leases[row.key] = nil
            case .instances: damagedInstances.remove(row.key)
            case .outbox: damagedOutbox.remove(row.key)
            case .history, .held: break
            }
        }
    }

    /// What goes with damaged timers and leases that a commit sets aside, before anything else of it.
    private func clearing(_ commit: PartitionCommit) -> PartitionCommit {
        var first = PartitionCommit()
        for row in commit.setAside {
            if row.table == .timers, let key = timers[row.key] { first.removedTimers.append(key) }
            if row.table == .leases, let key = leases[row.key] { first.removedLeases.append(key) }
        }
        return first
    }

    /// Makes one row unreadable of those without which the partition can go on.
    ///
    /// - Parameters:
    ///   - number: chooses which.
    ///   - isReplaceable: whether what is in a row of the outbox can be brought back.
    /// - Returns: what it is, for people; `nil` if there is none.
    package mutating func damage(_ number: Int, isReplaceable: (OutboxRow) -> Bool) -> String? {
        func choose<Element>(_ elements: [Element]) -> Element? {
            elements.isEmpty ? nil : elements[number / 5 % elements.count]
        }
        lastDamage += 1
        let open = instances.filter { !$0.status.isTerminal }
        switch number % 5 {
        case 0:
            guard let timer = choose(rows.recover().timers) else { return nil }
            timers[lastDamage] = timer.key
            return "timer \(timer.key.id) of instance \(timer.key.instance)"
        case 1:
            guard let lease = choose(rows.recover().leases) else { return nil }
            leases[lastDamage] = lease.key
            return "the lease of task \(lease.key.taskID) of instance \(lease.key.instance)"
        case 2:
            guard let record = choose(open) else { return nil }
            damagedInstances.insert(record.key)
            return "the row of \(record.instanceID)"
        case 3:
            let sent = rows.outbox(after: 0, most: .max, bytes: .max).filter(isReplaceable)
            guard let row = choose(sent) else { return nil }
            damagedOutbox.insert(row.id)
            return "row \(row.id) of the outbox"
        default:
            guard let record = choose(open.filter { $0.episodes > 0 }) else { return nil }
            rows.damageHistory(of: record.key, generation: record.generation)
            return "the history of \(record.instanceID)"
        }
    }

    /// What was set aside is not kept here.
    package func damagedRows(most: Int) -> DamagedRows { DamagedRows() }

    package func recover() -> RecoveredPartition {
        var recovered = rows.recover()
        guard !timers.isEmpty || !leases.isEmpty else { return recovered }
        recovered.timers.removeAll { timers.values.contains($0.key) }
        recovered.leases.removeAll { leases.values.contains($0.key) }
        recovered.damaged =
            timers.keys.sorted().map { DamagedRow(.timers, key: $0, reason: "The checksum is wrong.") }
            + leases.keys.sorted().map { DamagedRow(.leases, key: $0, reason: "The checksum is wrong.") }
        return recovered
    }

    package func instance(_ instanceID: String) -> InstanceRecord? { rows.instance(instanceID).map(marked) }
    package func instance(key: Int64) -> InstanceRecord? { rows.instances[key].map(marked) }

    private func marked(_ record: InstanceRecord) -> InstanceRecord {
        guard damagedInstances.contains(record.key) else { return record }
        var record = record
        record.damage = "the checksum is wrong"
        return record
    }

    package func history(of instance: Int64, generation: Int) -> [[UInt8]] {
        rows.history(of: instance, generation: generation)
    }
    package func inboxEntry(_ key: String) -> InboxEntry? { rows.inbox[Array(key.utf8)] }
    package func outbox(after id: Int64, most count: Int, bytes: Int) -> [OutboxRow] {
        rows.outbox(after: id, most: count, bytes: bytes).map { row in
            damagedOutbox.contains(row.id)
                ? OutboxRow(id: row.id, messages: row.messages, damage: "the checksum is wrong") : row
        }
    }
    package func outboxRow(_ id: Int64) -> OutboxRow? { rows.outbox[id] }
    package func waiters(of instance: Int64) -> [[UInt8]] { rows.waiters[instance] ?? [] }
    package func heldMessage(_ id: Int64) -> [UInt8]? { rows.held[id]?.message }
    package func list(_ query: InstanceQuery) -> RecordPage { rows.list(query) }
    package func counts() -> PartitionCounts { rows.counts() }
    package func openInstances() -> [String: Int] { rows.openInstances() }

    /// All instances, by their keys.
    package var instances: [InstanceRecord] { rows.instances.values.sorted { $0.key < $1.key } }
}
