/// The state that a partition needs to continue where the last host stopped.
public struct RecoveredPartition: Sendable {
    /// The highest surrogate keys and outbox and held-message numbers ever used, or 0.
    public var lastInstanceKey: Int64
    /// The highest number of a row of the outbox ever used, or 0.
    public var lastOutboxID: Int64
    /// The highest number of a held message ever used, or 0.
    public var lastHeldID: Int64
    /// The number of unconfirmed rows. They may be more than fit into memory: see
    /// `PartitionStore.outbox(after:most:bytes:)`.
    public var outboxCount: Int
    /// All timers, in the order of their times, then of their keys.
    public var timers: [TimerRow]
    /// All leases, in the order of their expiries, then of their keys.
    public var leases: [TaskLease]
    /// All held messages without their bodies, in the order of their numbers.
    public var held: [HeldEntry]
    /// Timers, leases and held messages that cannot be read. They stay in the file until a commit sets them aside.
    public var damaged: [DamagedRow]

    /// The state of a partition, by default of an empty one.
    public init(
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
