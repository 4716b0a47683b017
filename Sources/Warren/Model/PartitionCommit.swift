/// What is written together, or not at all.
///
/// Applied so: what is set aside; purged instances; instances; history, timers, leases, outbox, inbox and held messages that are new; then what is removed.
/// Within one list, in order. An instance may appear several times.
///
/// These break a rule, and so fail with `.misuse` and end the store: a new row whose key or number exists (leases
/// apart), an update of an instance or generation that does not exist, a replacement of an instance that does not exist.
/// Removing what is not there breaks none.
package struct PartitionCommit: Sendable {
    package var instances: [InstanceWrite] = []
    package var history: [HistoryRow] = []
    package var inbox: [InboxEntry] = []
    package var timers: [TimerRow] = []
    package var removedTimers: [TimerRow.Key] = []
    /// Inserted, or renewed where the key exists.
    package var leases: [TaskLease] = []
    package var removedLeases: [TaskLease.Key] = []
    package var outbox: [OutboxRow] = []
    package var removedOutbox: [Int64] = []
    package var held: [HeldMessage] = []
    package var removedHeld: [Int64] = []
    /// Who wants to be told of an instance's end, in addition to those in its row.
    package var waiters: [WaiterRow] = []
    /// Instances whose additional waiters are told.
    package var removedWaiters: [Int64] = []
    /// Instances to remove with everything that belongs to them. Removed first, so that another instance may take the ID
    /// in the same commit; nothing else in the commit may be about one of them.
    package var purgedInstances: [Int64] = []
    /// Inbox entries older than this are forgotten, if set: the oldest `InboxEntry.forgottenAtOnce` of them.
    package var forgetInboxBefore: Timestamp?
    /// Rows that cannot be read: noted in a table of their own, and removed unless they belong to an instance.
    package var setAside: [DamagedRow] = []
    /// Instances of which timers and leases are removed, whichever there are.
    package var clearedInstances: [Int64] = []

    package init() {}

    package var isEmpty: Bool {
        instances.isEmpty && history.isEmpty && inbox.isEmpty && timers.isEmpty && removedTimers.isEmpty
            && leases.isEmpty && removedLeases.isEmpty && outbox.isEmpty && removedOutbox.isEmpty && held.isEmpty
            && removedHeld.isEmpty && waiters.isEmpty && removedWaiters.isEmpty && purgedInstances.isEmpty
            && forgetInboxBefore == nil && setAside.isEmpty && clearedInstances.isEmpty
    }
}
