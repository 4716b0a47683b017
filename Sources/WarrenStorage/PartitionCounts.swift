package struct PartitionCounts: Sendable, Hashable {
    package var instances: Int
    package var openInstances: Int
    package var outbox: Int
    package var timers: Int
    package var held: Int
    /// Rows that could not be read and were set aside.
    package var damaged: Int

    package init(
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
