public import Warren

/// A partition's rows in dictionaries.
///
/// Keys are bytes where SQLite compares bytes; Swift takes two spellings of `é` for one string.
struct InMemoryPartition {
    struct InstanceRows {
        /// By generation.
        var history: [Int: [[UInt8]]] = [:]
        var timers: [TimerRow.Key: TimerRow] = [:]
        var leases: [TaskLease.Key: TaskLease] = [:]

        var isEmpty: Bool { history.isEmpty && timers.isEmpty && leases.isEmpty }

        mutating func removeEarlier(than generation: Int) {
            history = history.filter { $0.key >= generation }
            timers = timers.filter { $0.key.generation >= generation }
            leases = leases.filter { $0.key.generation >= generation }
        }
    }

    var counters = HeaderTable.Counters()
    var instances = UndoableTable<Int64, InstanceRecord>()
    var keys = UndoableTable<[UInt8], Int64>()
    var rows = UndoableTable<Int64, InstanceRows>()
    var inbox = UndoableTable<[UInt8], InboxEntry>()
    var outbox = UndoableTable<Int64, OutboxRow>()
    var held = UndoableTable<Int64, HeldMessage>()
    /// By instance.
    var waiters = UndoableTable<Int64, [[UInt8]]>()

    func instance(_ instanceID: String) -> InstanceRecord? {
        keys[Array(instanceID.utf8)].flatMap { instances[$0] }
    }

    func history(of instance: Int64, generation: Int) -> [[UInt8]] {
        rows[instance]?.history[generation] ?? []
    }

    func heartbeats(of instance: Int64, generation: Int) -> [Int: Payload?] {
        var found: [Int: Payload?] = [:]
        for lease in rows[instance]?.leases.values ?? [:].values where lease.key.generation == generation {
            found.updateValue(lease.details, forKey: lease.key.taskID)
        }
        return found
    }

    /// Makes the last episode of a history unreadable: for simulations.
    mutating func damageHistory(of instance: Int64, generation: Int) {
        guard var changed = rows[instance], changed.history[generation]?.popLast() != nil else { return }
        changed.history[generation]?.append([0xFF])
        rows.set(changed, at: instance)
        rows.commit()
    }

    func recover() -> RecoveredPartition {
        let timers = rows.values.flatMap(\.timers.values).sorted {
            ($0.fireAt.microseconds, $0.key.instance, $0.key.generation, $0.key.id)
                < ($1.fireAt.microseconds, $1.key.instance, $1.key.generation, $1.key.id)
        }
        let leases = rows.values.flatMap(\.leases.values).sorted {
            ($0.expiresAt.microseconds, $0.key.instance, $0.key.generation, $0.key.taskID)
                < ($1.expiresAt.microseconds, $1.key.instance, $1.key.generation, $1.key.taskID)
        }
        return RecoveredPartition(
            lastInstanceKey: counters.lastInstanceKey, lastOutboxID: counters.lastOutboxID,
            lastHeldID: counters.lastHeldID, outboxCount: outbox.count, timers: timers,
            leases: leases, held: held.values.sorted { $0.id < $1.id }.map(HeldEntry.init))
    }

    func outbox(after id: Int64, most count: Int, bytes: Int) -> [OutboxRow] {
        var read = 0
        return outbox.values.filter { $0.id > id }.sorted { $0.id < $1.id }.prefix(count).prefix { row in
            defer { read += row.messages.count }
            return read < bytes
        }
    }

    func list(_ query: InstanceQuery) -> RecordPage {
        let found = instances.values.filter(query.matches).sorted(by: query.isListedBefore)
        return RecordPage(found, of: query)
    }

    func openInstances() -> [String: Int] {
        instances.values.lazy.filter { !$0.status.isTerminal && !EntityID.isEntity($0.instanceID) }.reduce(into: [:]) {
            $0[$1.name, default: 0] += 1
        }
    }

    func counts() -> PartitionCounts {
        PartitionCounts(
            instances: instances.count, openInstances: instances.values.count { !$0.status.isTerminal },
            outbox: outbox.count, timers: rows.values.reduce(0) { $0 + $1.timers.count }, held: held.count)
    }
}

extension InstanceQuery {
    /// Whether an instance meets all conditions, and comes after the place at which the page begins.
    public func matches(_ record: InstanceRecord) -> Bool {
        if let name, name.utf8.elementsEqual(record.name.utf8) == false { return false }
        if let possibleStatuses, !possibleStatuses.contains(record.status) { return false }
        if let createdFrom, record.createdAt < createdFrom { return false }
        if let createdTo, record.createdAt > createdTo { return false }
        if let updatedFrom, record.lastUpdatedAt < updatedFrom { return false }
        if let updatedTo, record.lastUpdatedAt > updatedTo { return false }
        if let waitsFor, waitsFor.isAboutEvents {
            let waits = EventWaits(encoded: record.eventWaits).named.map { OpenWait(kind: .event, name: $0.name) }
            if !waits.contains(where: waitsFor.isMet) { return false }
        }
        if let parentID, record.parent?.instanceID.utf8.elementsEqual(parentID.utf8) != true { return false }
        if let version, record.version?.utf8.elementsEqual(version.utf8) != true { return false }
        // Entities are listed only with a beginning of the ID.
        if idPrefix?.isEmpty != false, EntityID.isEntity(record.instanceID) { return false }
        if let idPrefix, !record.instanceID.utf8.starts(with: idPrefix.utf8) { return false }
        if let tag {
            let hasTag = record.tags.contains {
                $0.key.utf8.elementsEqual(tag.key.utf8) && $0.value.utf8.elementsEqual(tag.value.utf8)
            }
            if !hasTag { return false }
        }
        if let withInput, record.input != withInput, JSONComparison.areEqual(record.input, withInput) != true {
            return false
        }
        guard let after else { return true }
        switch order {
        case .newest:
            if record.createdAt != after.createdAt { return record.createdAt < after.createdAt }
            return record.instanceID.utf8.lexicographicallyPrecedes(after.instanceID.utf8)
        case .longestWaiting:
            guard let place = after.lastUpdatedAt else { return true }
            if record.lastUpdatedAt != place { return record.lastUpdatedAt > place }
            return after.instanceID.utf8.lexicographicallyPrecedes(record.instanceID.utf8)
        }
    }
}
