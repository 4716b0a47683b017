import Warren
package import WarrenMessaging

/// What does not change while a partition is open.
package final class PartitionSurroundings: Sendable {
    package let rules: PartitionRules
    package let wire: PartitionWire
    package let catalog: any OrchestrationCatalog

    package init(rules: PartitionRules, wire: PartitionWire, catalog: any OrchestrationCatalog) {
        self.rules = rules
        self.wire = wire
        self.catalog = catalog
    }
}

/// Knows which orchestrations can run.
package protocol OrchestrationCatalog: AnyObject, Sendable {
    func runs(_ name: String) -> Bool
    /// Whether an episode of the orchestration is answered while the partition waits. Otherwise what comes of it is an input,
    /// later.
    func isInline(_ name: String) -> Bool
    /// The names of all of them, in order.
    var orchestrationNames: [String] { get }
}

/// The numbers and choices that a partition works by.
package struct PartitionRules: Sendable {
    /// Which partition this is.
    package var partition: Int
    /// How many instances stay in memory.
    package var warmInstances: Int
    /// How many rows of the outbox may be unconfirmed; see `OutboxGate`.
    package var outboxLimit: Int
    /// How large a payload may be that is sent, in bytes.
    package var payloadLimit: Int
    /// How long a start waits for a host that knows its orchestration.
    package var unknownOrchestrationGrace: Duration
    /// How long an event waits for its instance.
    package var earlyEventGrace: Duration
    package var maximumHeldMessages: Int
    package var maximumHeldBytes: Int
    /// How long a worker may be silent that has taken a work item.
    package var lease: Duration
    /// How long an executor that answers later may be silent, before an episode is dispatched again.
    package var episodeLease: Duration
    /// How long keys of messages are remembered.
    package var duplicateMemory: Duration
    package var waiters: WaiterBounds
    package var lifecycleEvents: Set<LifecycleEvent>
    package var consoleReports: ConsoleReports
    /// Whether somebody wants to know of every heartbeat.
    package var observesHeartbeats: Bool

    /// Which lines about instances go to the console queue.
    package enum ConsoleReports: Sendable { case nothing, failures, everything }

    package init(
        partition: Int = 0, warmInstances: Int = 20_000, outboxLimit: Int = .max, payloadLimit: Int = 8 << 20,
        unknownOrchestrationGrace: Duration = .seconds(30), earlyEventGrace: Duration = .seconds(60),
        maximumHeldMessages: Int = 10_000, maximumHeldBytes: Int = 64 << 20, lease: Duration = .seconds(60),
        episodeLease: Duration = .seconds(60),
        duplicateMemory: Duration = .seconds(7 * 24 * 3600), waiters: WaiterBounds = WaiterBounds(),
        lifecycleEvents: Set<LifecycleEvent> = [.failed, .terminated], consoleReports: ConsoleReports = .failures,
        observesHeartbeats: Bool = false
    ) {
        self.partition = partition
        self.warmInstances = warmInstances
        self.outboxLimit = outboxLimit
        self.payloadLimit = payloadLimit
        self.unknownOrchestrationGrace = unknownOrchestrationGrace
        self.earlyEventGrace = earlyEventGrace
        self.maximumHeldMessages = maximumHeldMessages
        self.maximumHeldBytes = maximumHeldBytes
        self.lease = lease
        self.episodeLease = episodeLease
        self.duplicateMemory = duplicateMemory
        self.waiters = waiters
        self.lifecycleEvents = lifecycleEvents
        self.consoleReports = consoleReports
        self.observesHeartbeats = observesHeartbeats
    }
}
