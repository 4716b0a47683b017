package import Warren
package import WarrenMessaging

/// The properties of a partition that do not change while it is open.
package final class PartitionSurroundings: Sendable {
    package let rules: PartitionRules
    package let wire: PartitionWire
    package let catalog: any OrchestrationCatalog
    /// Makes spans; `nil` where no tracer is.
    package let tracing: (any InstanceTracing)?

    package init(
        rules: PartitionRules, wire: PartitionWire, catalog: any OrchestrationCatalog,
        tracing: (any InstanceTracing)? = nil
    ) {
        self.tracing = tracing
        self.rules = rules
        self.wire = wire
        self.catalog = catalog
    }
}

/// Knows which orchestrations can run.
package protocol OrchestrationCatalog: AnyObject, Sendable {
    func runs(_ name: String) -> Bool
    /// Whether an episode of the orchestration is answered while the partition waits. Otherwise its outcome is a later
    /// input.
    func isInline(_ name: String) -> Bool
    /// The names of all orchestrations, in order.
    var orchestrationNames: [String] { get }
    /// Whether the orchestrator, replayed with a history, asks for what the history records, and for nothing else.
    /// `false` where that cannot be told at once.
    func follows(_ history: [HistoryEvent], name: String, version: String?) -> Bool
    /// The version with which an instance begins, and whether this host runs that.
    ///
    /// - Parameter asked: the version that its start names.
    func admission(of name: String, version asked: String?) -> (version: String?, verdict: VersionVerdict)
    /// Whether this host goes on with an instance that began with a version.
    func verdict(on name: String, _ version: String?) -> VersionVerdict
    /// Whether an instance is parked when its history does not agree with the code; otherwise it fails.
    func parksNonDeterminism(of name: String, _ version: String?) -> Bool
    /// Whether a kind of entity can run; its name is in lower case.
    func runsEntity(_ name: String) -> Bool
    /// The names of all kinds of entities, in order.
    var entityNames: [String] { get }
    /// The names of the activities that are known to be served, in order.
    var activityNames: [String] { get }
}

/// A catalog that knows no versions and no entities.
extension OrchestrationCatalog {
    package func follows(_ history: [HistoryEvent], name: String, version: String?) -> Bool { false }

    package func admission(of name: String, version asked: String?) -> (version: String?, verdict: VersionVerdict) {
        (asked, verdict(on: name, asked))
    }

    package func verdict(on name: String, _ version: String?) -> VersionVerdict { runs(name) ? .runs : .unknown }

    package func parksNonDeterminism(of name: String, _ version: String?) -> Bool { true }

    package func runsEntity(_ name: String) -> Bool { false }
    package var entityNames: [String] { [] }
}

/// The limits and choices that govern a partition.
package struct PartitionRules: Sendable {
    /// The number of the partition.
    package var partition: Int
    /// The number of instances that stay in memory.
    package var warmInstances: Int
    /// The number of rows of the outbox that may be unconfirmed; see `OutboxGate`.
    package var outboxLimit: Int
    /// The maximum size of a payload that is sent, in bytes.
    package var payloadLimit: Int
    /// The time for which a start waits for a host that knows its orchestration.
    package var unknownOrchestrationGrace: Duration
    /// The time for which an event waits for its instance.
    package var earlyEventGrace: Duration
    package var maximumHeldMessages: Int
    package var maximumHeldBytes: Int
    /// The number of operations that may wait for the entities of the partition, and their size in bytes.
    package var maximumQueuedOperations: Int
    package var maximumQueuedBytes: Int
    /// The time for which a worker that has taken a work item may be silent.
    package var lease: Duration
    /// The time for which an executor that answers later may be silent, before an episode is dispatched again.
    package var episodeLease: Duration
    /// The time for which keys of messages are remembered.
    package var duplicateMemory: Duration
    package var waiters: WaiterBounds
    package var lifecycleEvents: Set<LifecycleEvent>
    package var consoleReports: ConsoleReports
    /// Whether every heartbeat is observed.
    package var observesHeartbeats: Bool
    /// The names of the activities that may have their work past the broker.
    package var localActivities: Set<String> = []

    /// The selection of lines about instances that go to the console queue.
    package enum ConsoleReports: Sendable { case nothing, failures, everything }

    package init(
        partition: Int = 0, warmInstances: Int = 20_000, outboxLimit: Int = .max, payloadLimit: Int = 8 << 20,
        unknownOrchestrationGrace: Duration = .seconds(30), earlyEventGrace: Duration = .seconds(60),
        maximumHeldMessages: Int = 10_000, maximumHeldBytes: Int = 64 << 20,
        maximumQueuedOperations: Int = 100_000, maximumQueuedBytes: Int = 256 << 20, lease: Duration = .seconds(60),
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
        self.maximumQueuedOperations = maximumQueuedOperations
        self.maximumQueuedBytes = maximumQueuedBytes
        self.lease = lease
        self.episodeLease = episodeLease
        self.duplicateMemory = duplicateMemory
        self.waiters = waiters
        self.lifecycleEvents = lifecycleEvents
        self.consoleReports = consoleReports
        self.observesHeartbeats = observesHeartbeats
    }
}
