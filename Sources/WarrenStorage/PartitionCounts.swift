/// The numbers of rows of a partition, for status pages.
public struct PartitionCounts: Sendable, Hashable {
    /// The instances, entities included.
    public var instances: Int
    /// The instances that have not ended, entities included.
    public var openInstances: Int
    /// The rows of the outbox.
    public var outbox: Int
    /// The timers.
    public var timers: Int
    /// The held messages.
    public var held: Int
    /// Rows that could not be read and were set aside.
    public var damaged: Int

    /// The numbers of rows, by default 0.
    public init(
        instances: Int = 0, openInstances: Int = 0, outbox: Int = 0, timers: Int = 0, held: Int = 0, damaged: Int = 0
    ) {
        self.instances = instances
        self.openInstances = openInstances
        self.outbox = outbox
        self.timers = timers
        self.held = held
        self.damaged = damaged
    }
}
