package import Warren

/// A partition's rows that change only on explicit calls: the disk of a simulation. The rules for commits are those of
/// every other store.
///
/// Not thread-safe.
package struct SteppedPartition {
    private var rows = InMemoryPartition()
    /// Rows that are not what was written.
    private var timers: Set<TimerRow.Key> = []
    private var leases: Set<TaskLease.Key> = []
    private var damagedInstances: Set<Int64> = []
    private var damagedOutbox: Set<Int64> = []

    /// The position in the journal that was applied last.
    package private(set) var position: JournalPosition?

    package init() {}

    /// Applies commits together, or throws and leaves none of them applied.
    ///
    /// - Parameter position: the position in the journal that they reach, if they are those of its records.
    package mutating func apply(
        _ commits: [PartitionCommit], at position: JournalPosition? = nil
    ) throws(StorageError) {
        try rows.apply([PendingCommit(commits: commits) { _ in }])
        if let position { self.position = position }
        for row in commits.lazy.flatMap(\.setAside) {
            if let key = row.timer { timers.remove(key) }
            if let key = row.lease { leases.remove(key) }
            switch row.table {
            case .instances: damagedInstances.remove(row.key)
            case .outbox: damagedOutbox.remove(row.key)
            case .timers, .leases, .history, .held: break
            }
        }
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
        let open = instances.filter { !$0.status.isTerminal }
        switch number % 5 {
        case 0:
            guard let timer = choose(rows.recover().timers) else { return nil }
            timers.insert(timer.key)
            return "timer \(timer.key.id) of instance \(timer.key.instance)"
        case 1:
            guard let lease = choose(rows.recover().leases) else { return nil }
            leases.insert(lease.key)
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
        recovered.damaged =
            recovered.timers.filter { timers.contains($0.key) }.map {
                DamagedRow(timer: $0.key, reason: "The checksum is wrong.")
            }
            + recovered.leases.filter { leases.contains($0.key) }.map {
                DamagedRow(lease: $0.key, reason: "The checksum is wrong.")
            }
        recovered.timers.removeAll { timers.contains($0.key) }
        recovered.leases.removeAll { leases.contains($0.key) }
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

    /// All rows, each list in the order of its keys: equal for partitions with equal contents.
    package var contents: PartitionCommit {
        let recovered = rows.recover()
        var contents = PartitionCommit()
        for record in instances {
            contents.instances.append(InstanceWrite(.insert, record))
            for (generation, episodes) in (rows.rows[record.key]?.history ?? [:]).sorted(by: { $0.key < $1.key }) {
                for (episode, events) in episodes.enumerated() {
                    contents.history.append(
                        HistoryRow(instance: record.key, generation: generation, episode: episode, events: events))
                }
            }
            for address in waiters(of: record.key) {
                contents.waiters.append(WaiterRow(instance: record.key, address: address))
            }
        }
        contents.timers = recovered.timers
        contents.leases = recovered.leases
        contents.outbox = rows.outbox(after: .min, most: .max, bytes: .max)
        contents.inbox = rows.inbox.values.sorted { $0.key < $1.key }
        contents.held = rows.held.values.sorted { $0.id < $1.id }
        return contents
    }

    /// All instances, by their keys.
    package var instances: [InstanceRecord] { rows.instances.values.sorted { $0.key < $1.key } }
}
