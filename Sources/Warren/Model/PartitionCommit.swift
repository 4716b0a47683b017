/// One atomic commit.
///
/// It is applied in this order: rows set aside; purged instances; instances; new history, timers, leases, outbox, inbox
/// and held messages; then removals. Each list is applied in order. An instance may appear several times.
///
/// Every store that applies the same commits to the same contents has the same contents afterwards, whatever numbers
/// SQLite gives to its rows. Only the times at which it applied them and set rows aside are its own.
///
/// These break a rule, and so fail with `.misuse` and end the store: a new row with an existing key or number (leases
/// apart, and timers in a commit that sets timers aside: see `DamagedRow`), an update of an instance or generation that
/// does not exist, a replacement of an instance that does not exist. Removing a row that does not exist breaks none.
package struct PartitionCommit: Sendable, Equatable {
    package var instances: [InstanceWrite] = []
    package var history: [HistoryRow] = []
    package var inbox: [InboxEntry] = []
    package var timers: [TimerRow] = []
    package var removedTimers: [TimerRow.Key] = []
    /// Inserted, or replaced where the key exists.
    package var leases: [TaskLease] = []
    package var removedLeases: [TaskLease.Key] = []
    package var outbox: [OutboxRow] = []
    package var removedOutbox: [Int64] = []
    package var held: [HeldMessage] = []
    package var removedHeld: [Int64] = []
    /// Callers that wait for an instance's end, in addition to those in its row.
    package var waiters: [WaiterRow] = []
    /// Instances for which the additional waiters are removed, because they were answered.
    package var removedWaiters: [Int64] = []
    /// Instances to remove with everything that belongs to them. Removed first, so that another instance may take the
    /// ID in the same commit; no other part of the commit may concern one of them.
    package var purgedInstances: [Int64] = []
    /// The time before which inbox entries are deleted, if set: the oldest `InboxEntry.forgottenAtOnce` of them, and of
    /// those of one time the ones with the lowest keys as bytes.
    package var forgetInboxBefore: Timestamp?
    /// Rows that cannot be read: recorded in a table of their own, and removed unless they belong to an instance. A row
    /// that is not there is recorded as well, without its content.
    package var setAside: [DamagedRow] = []
    /// Instances for which all timers and leases are removed.
    package var clearedInstances: [Int64] = []

    package init() {}

    package var isEmpty: Bool {
        instances.isEmpty && history.isEmpty && inbox.isEmpty && timers.isEmpty && removedTimers.isEmpty
            && leases.isEmpty && removedLeases.isEmpty && outbox.isEmpty && removedOutbox.isEmpty && held.isEmpty
            && removedHeld.isEmpty && waiters.isEmpty && removedWaiters.isEmpty && purgedInstances.isEmpty
            && forgetInboxBefore == nil && setAside.isEmpty && clearedInstances.isEmpty
    }

    /// Whether timers are set aside, so that new ones replace those of the same key.
    package var replacesTimers: Bool { setAside.contains { $0.table == .timers } }
}
