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
public struct PartitionCommit: Sendable, Equatable {
    /// Instances to insert, update or replace.
    public var instances: [InstanceWrite] = []
    /// Episodes to append to histories.
    public var history: [HistoryRow] = []
    /// Keys of messages that were taken; an entry under the same key is replaced.
    public var inbox: [InboxEntry] = []
    /// Timers to insert.
    public var timers: [TimerRow] = []
    /// Timers to remove.
    public var removedTimers: [TimerRow.Key] = []
    /// Inserted, or replaced where the key exists.
    public var leases: [TaskLease] = []
    /// Leases to remove.
    public var removedLeases: [TaskLease.Key] = []
    /// Rows of the outbox to insert.
    public var outbox: [OutboxRow] = []
    /// The numbers of rows of the outbox to remove, because their messages are confirmed.
    public var removedOutbox: [Int64] = []
    /// Held messages to insert.
    public var held: [HeldMessage] = []
    /// The numbers of held messages to remove.
    public var removedHeld: [Int64] = []
    /// Callers that wait for an instance's end, in addition to those in its row.
    public var waiters: [WaiterRow] = []
    /// Instances for which the additional waiters are removed, because they were answered.
    public var removedWaiters: [Int64] = []
    /// Instances to remove with everything that belongs to them. Removed first, so that another instance may take the
    /// ID in the same commit; no other part of the commit may concern one of them.
    public var purgedInstances: [Int64] = []
    /// The time before which inbox entries are deleted, if set: the oldest `InboxEntry.forgottenAtOnce` of them, and of
    /// those of one time the ones with the lowest keys as bytes.
    public var forgetInboxBefore: Timestamp?
    /// Rows that cannot be read: recorded in a table of their own, and removed unless they belong to an instance. A row
    /// that is not there is recorded as well, without its content.
    public var setAside: [DamagedRow] = []
    /// Instances for which all timers and leases are removed.
    public var clearedInstances: [Int64] = []

    /// A commit that changes nothing.
    public init() {}

    /// Whether the commit changes nothing.
    public var isEmpty: Bool {
        instances.isEmpty && history.isEmpty && inbox.isEmpty && timers.isEmpty && removedTimers.isEmpty
            && leases.isEmpty && removedLeases.isEmpty && outbox.isEmpty && removedOutbox.isEmpty && held.isEmpty
            && removedHeld.isEmpty && waiters.isEmpty && removedWaiters.isEmpty && purgedInstances.isEmpty
            && forgetInboxBefore == nil && setAside.isEmpty && clearedInstances.isEmpty
    }

    /// Whether timers are set aside, so that new ones replace those of the same key.
    public var replacesTimers: Bool { setAside.contains { $0.table == .timers } }
}
