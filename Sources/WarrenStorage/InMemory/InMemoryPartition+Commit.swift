import Warren

/// Applies atomic commits: the same rules as in SQLite, in the same order.
extension InMemoryPartition {
    /// Applies commits in order, or throws and leaves none of them applied.
    mutating func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError) {
        let before = counters
        do throws(StorageError) {
            for commit in group.lazy.flatMap(\.commits) { try apply(commit) }
        } catch {
            counters = before
            instances.rollBack()
            keys.rollBack()
            rows.rollBack()
            inbox.rollBack()
            outbox.rollBack()
            held.rollBack()
            waiters.rollBack()
            throw error
        }
        instances.commit()
        keys.commit()
        rows.commit()
        inbox.commit()
        outbox.commit()
        held.commit()
        waiters.commit()
    }

    /// Steps: 0. rows set aside, 1. purged instances, 2. instances, 3. new rows, 4. removals.
    private mutating func apply(_ commit: PartitionCommit) throws(StorageError) {
        // 0. Sets rows aside. Memory has no damage of its own; a test may simulate it.
        for row in commit.setAside {
            switch row.table {
            case .outbox: outbox.set(nil, at: row.key)
            case .held: held.set(nil, at: row.key)
            case .timers, .leases:
                changeRows(of: row.key) { rows in
                    if let key = row.timer { rows.timers[key] = nil }
                    if let key = row.lease { rows.leases[key] = nil }
                }
            case .instances, .history: break
            }
        }
        for key in commit.clearedInstances {
            changeRows(of: key) { ($0.timers, $0.leases) = ([:], [:]) }
        }

        // 1. Removes purged instances.
        for key in commit.purgedInstances {
            rows.set(nil, at: key)
            waiters.set(nil, at: key)
            if let record = instances.set(nil, at: key) { keys.set(nil, at: Array(record.instanceID.utf8)) }
        }

        // 2. Writes instances.
        let replaced = try applyInstances(commit.instances)

        // 3. Adds new rows.
        func isCurrent(_ instance: Int64, _ generation: Int) -> Bool { generation >= replaced[instance] ?? .min }
        for row in commit.history where isCurrent(row.instance, row.generation) {
            let count = changeRows(of: row.instance) {
                $0.history[row.generation, default: []].append(row.events)
                return $0.history[row.generation, default: []].count
            }
            guard row.episode == count - 1 else {
                throw StorageError(
                    .misuse,
                    "Episode \(row.episode) of instance \(row.instance) does not follow \(count - 1) earlier ones.")
            }
        }
        for row in commit.timers where isCurrent(row.key.instance, row.key.generation) {
            let old = changeRows(of: row.key.instance) { $0.timers.updateValue(row, forKey: row.key) }
            try Self.require(old == nil || commit.replacesTimers, "timer \(row.key.id) of instance \(row.key.instance)")
        }
        for lease in commit.leases where isCurrent(lease.key.instance, lease.key.generation) {
            changeRows(of: lease.key.instance) { $0.leases[lease.key] = lease }
        }
        for row in commit.outbox {
            try Self.require(outbox.set(row, at: row.id) == nil, "outbox row \(row.id)")
            counters.lastOutboxID = max(counters.lastOutboxID, row.id)
        }
        for entry in commit.inbox {
            let old = inbox.set(entry, at: Array(entry.key.utf8))
            guard old?.bodyHash != entry.bodyHash else { throw .appliedTwice(entry, path: nil) }
        }
        for message in commit.held {
            try Self.require(held.set(message, at: message.id) == nil, "held message \(message.id)")
            counters.lastHeldID = max(counters.lastHeldID, message.id)
        }

        for row in commit.waiters {
            waiters.set((waiters[row.instance] ?? []) + [row.address], at: row.instance)
        }

        // 4. Removes rows.
        for (instance, generation) in replaced {
            changeRows(of: instance) { $0.removeEarlier(than: generation) }
        }
        for key in commit.removedTimers { changeRows(of: key.instance) { $0.timers[key] = nil } }
        for key in commit.removedLeases { changeRows(of: key.instance) { $0.leases[key] = nil } }
        for id in commit.removedOutbox { outbox.set(nil, at: id) }
        for id in commit.removedHeld { held.set(nil, at: id) }
        for instance in commit.removedWaiters { waiters.set(nil, at: instance) }
        if let time = commit.forgetInboxBefore {
            let old = inbox.values.filter { $0.at < time }.sorted { left, right in
                guard left.at == right.at else { return left.at < right.at }
                return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }
            for entry in old.prefix(InboxEntry.forgottenAtOnce) { inbox.set(nil, at: Array(entry.key.utf8)) }
        }
    }

    /// - Returns: the generations that replaced earlier ones, by instance.
    private mutating func applyInstances(_ writes: [InstanceWrite]) throws(StorageError) -> [Int64: Int] {
        var replaced: [Int64: Int] = [:]
        for write in writes {
            let record = write.record
            switch write.kind {
            case .insert:
                try Self.require(instances[record.key] == nil, "instance \(record.key)")
                try insertKey(of: record)
                instances.set(record, at: record.key)
                counters.lastInstanceKey = max(counters.lastInstanceKey, record.key)
            case .update:
                guard var stored = instances[record.key], stored.generation == record.generation else {
                    throw .missing(record, path: nil)
                }
                stored.status = record.status
                stored.lastUpdatedAt = record.lastUpdatedAt
                stored.completedAt = record.completedAt
                stored.episodes = record.episodes
                stored.output = record.output
                stored.customStatus = record.customStatus
                stored.failure = record.failure
                stored.waiters = record.waiters
                stored.eventWaits = record.eventWaits
                stored.conditionBytes = record.conditionBytes
                instances.set(stored, at: record.key)
            case .replace:
                guard let stored = instances[record.key] else { throw .missing(record, path: nil) }
                keys.set(nil, at: Array(stored.instanceID.utf8))
                try insertKey(of: record)
                instances.set(record, at: record.key)
                replaced[record.key] = record.generation
            }
        }
        return replaced
    }

    private mutating func insertKey(of record: InstanceRecord) throws(StorageError) {
        let old = keys.set(record.key, at: Array(record.instanceID.utf8))
        try Self.require(old == nil, "instance `\(record.instanceID)`")
    }

    @discardableResult
    private mutating func changeRows<Result>(of instance: Int64, _ body: (inout InstanceRows) -> Result) -> Result {
        var changed = rows[instance] ?? InstanceRows()
        let result = body(&changed)
        rows.set(changed.isEmpty ? nil : changed, at: instance)
        return result
    }

    private static func require(_ isNew: Bool, _ what: @autoclosure () -> String) throws(StorageError) {
        guard isNew else { throw StorageError(.misuse, "There is already \(what()).") }
    }
}
