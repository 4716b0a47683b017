/// The state that a partition needs to continue where the last host stopped.
package struct RecoveredPartition: Sendable {
    /// The highest surrogate keys and outbox and held-message numbers ever used, or 0.
    package var lastInstanceKey: Int64
    package var lastOutboxID: Int64
    package var lastHeldID: Int64
    /// The number of unconfirmed rows. They may be more than fit into memory: see
    /// `PartitionStore.outbox(after:most:bytes:)`.
    package var outboxCount: Int
    package var timers: [TimerRow]
    package var leases: [TaskLease]
    package var held: [HeldEntry]
    /// Timers, leases and held messages that cannot be read. They stay in the file until a commit sets them aside.
    package var damaged: [DamagedRow]

    package init(
        lastInstanceKey: Int64 = 0, lastOutboxID: Int64 = 0, lastHeldID: Int64 = 0, outboxCount: Int = 0,
        timers: [TimerRow] = [], leases: [TaskLease] = [], held: [HeldEntry] = [], damaged: [DamagedRow] = []
    ) {
        self.lastInstanceKey = lastInstanceKey
        self.lastOutboxID = lastOutboxID
        self.lastHeldID = lastHeldID
        self.outboxCount = outboxCount
        self.timers = timers
        self.leases = leases
        self.held = held
        self.damaged = damaged
    }
}
