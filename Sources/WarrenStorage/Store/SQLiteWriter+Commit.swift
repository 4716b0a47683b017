import Warren

/// Writes atomic commits.
extension SQLiteWriter {
    /// One transaction for all commits of a group, flushed to the disk when this returns.
    func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError) {
        guard let store else { throw StorageError(.closed, "The store was closed.", path: path) }
        if group.allSatisfy(\.isEmpty) { return }
        let position = group.last { $0.position != nil }?.position
        if let position, position.journalID != journalID { throw .otherJournal(path: path) }
        var counters = counters
        counters.commits += 1
        counters.committedAt = .wall
        try store.transactions.run { () throws(StorageError) in
            for commit in group.lazy.flatMap(\.commits) {
                try store.apply(commit, &counters, at: counters.committedAt)
            }
            try store.header.write(counters, position: position, epoch: epoch)
        }
        self.counters = counters
        progress.note(CommitMark(number: counters.commits, time: counters.committedAt))
    }
}

extension StorageError {
    /// Reports a record of a journal that the partition does not have.
    static func otherJournal(path: String?) -> StorageError {
        StorageError(.misuse, "A record of another journal was to be applied to the partition.", path: path)
    }
}

extension SQLiteWriter.Open {
    /// Steps: 0. rows set aside, 1. purged instances, 2. instances, 3. new rows, 4. removals.
    fileprivate func apply(
        _ commit: PartitionCommit, _ counters: inout HeaderTable.Counters, at time: Timestamp
    ) throws(StorageError) {
        // 0. Sets unreadable rows aside, before other rows take their place.
        for row in commit.setAside { try damaged.setAside(row, at: time) }
        for instance in commit.clearedInstances {
            try timers.purge(instance)
            try leases.purge(instance)
        }

        // 1. Removes purged instances: an instance of the same ID may follow. A missing one is no error.
        for instance in commit.purgedInstances {
            if try instances.purge(instance) { counters.instances -= 1 }
            try history.purge(instance)
            try timers.purge(instance)
            try leases.purge(instance)
            try waiters.remove(instance)
        }

        // 2. Writes instances, and records which generation replaced earlier ones.
        var replaced: [Int64: Int] = [:]
        for write in commit.instances {
            switch write.kind {
            case .insert:
                try instances.insert(write.record)
                counters.instances += 1
                counters.lastInstanceKey = max(counters.lastInstanceKey, write.record.key)
            case .update:
                try instances.update(write.record)
            case .replace:
                try instances.replace(write.record)
                replaced[write.record.key] = write.record.generation
            }
        }

        // 3. Adds new rows. Rows of a generation that ends in this very commit would be removed again below, so they
        //    are not written at all.
        func isCurrent(_ instance: Int64, _ generation: Int) -> Bool {
            replaced.isEmpty || generation >= replaced[instance] ?? .min
        }
        try history.append(
            replaced.isEmpty ? commit.history : commit.history.filter { isCurrent($0.instance, $0.generation) })
        for row in commit.timers where isCurrent(row.key.instance, row.key.generation) {
            try timers.insert(row, replaces: commit.replacesTimers)
        }
        for lease in commit.leases where isCurrent(lease.key.instance, lease.key.generation) { try leases.put(lease) }
        try outbox.insert(commit.outbox)
        for row in commit.outbox { counters.lastOutboxID = max(counters.lastOutboxID, row.id) }
        for entry in commit.inbox { try inbox.put(entry) }
        for message in commit.held {
            try held.insert(message)
            counters.lastHeldID = max(counters.lastHeldID, message.id)
        }

        for row in commit.waiters { try waiters.insert(row) }

        // 4. Removes rows. A missing one is no error: it may have been removed before a crash.
        for (instance, generation) in replaced {
            try history.removeEarlier(than: generation, of: instance)
            try timers.removeEarlier(than: generation, of: instance)
            try leases.removeEarlier(than: generation, of: instance)
        }
        for key in commit.removedTimers { try timers.remove(key) }
        for key in commit.removedLeases { try leases.remove(key) }
        try outbox.remove(commit.removedOutbox)
        for id in commit.removedHeld { try held.remove(id) }
        for instance in commit.removedWaiters { try waiters.remove(instance) }
        if let time = commit.forgetInboxBefore { try inbox.forget(before: time) }
    }
}
