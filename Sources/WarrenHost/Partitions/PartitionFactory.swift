import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Makes the runners of a host's partitions, with the parts that they share.
struct PartitionFactory: Sendable {
    let configuration: HostConfiguration
    let environment: HostEnvironment
    let names: TaskHubName
    let functions: FunctionRegistry
    let orchestrators: any OrchestratorRunner
    let transport: any MessageTransport
    let publisher: ReliablePublisher
    let keys: PartitionKeys
    /// Records what the partitions work on, beyond the end of the process.
    let ledger: CrashLedger
    let router: LocalRouter
    /// The metrics of each partition of the hub.
    let metrics: [PartitionMetrics]
    private let limiter: Limiter
    private let hearing: WorkerHearing
    private let calledActivities = CalledActivities()
    private let parked = ParkedDestinations()
    private let statusBudget = StatusBudget()
    private let tracing = SpanSource.current.map(TracedInstances.init)
    /// Takes work items of the partitions past the broker; `nil` if all are to go through it.
    var activities: LocalActivities?
    /// Exchanges large payloads for references, in a hub that has a payload folder.
    var payloads: EpisodePayloads?
    private let logger: Logger

    init(
        configuration: HostConfiguration, environment: HostEnvironment, names: TaskHubName,
        functions: FunctionRegistry, orchestrators: any OrchestratorRunner, transport: any MessageTransport,
        publisher: ReliablePublisher, keys: PartitionKeys, ledger: CrashLedger, metrics: HostMetrics,
        logger: Logger
    ) {
        self.metrics = (0..<configuration.partitionCount).map { PartitionMetrics(metrics, partition: $0) }
        self.configuration = configuration
        self.environment = environment
        self.names = names
        self.functions = functions
        self.orchestrators = orchestrators
        self.transport = transport
        self.publisher = publisher
        self.keys = keys
        self.ledger = ledger
        self.logger = logger
        // There are no more places than partitions: a caller that wants to be alone takes them all.
        limiter = Limiter(
            min(configuration.orchestrations.concurrency ?? configuration.partitionCount, configuration.partitionCount))
        hearing = WorkerHearing(over: transport, clock: environment.clock)
        router = LocalRouter(
            decode: PartitionWire(names: names, configuration: configuration, keys: keys).decode,
            unseen: environment.unseenWork, canSpill: transport.outlivesProcess)
    }

    /// Makes the runner of a partition, and adds the key with which the partition signs.
    ///
    /// - Parameter open: opens the store again; see ``PartitionRunner``.
    func makeRunner(
        _ number: Int, of identity: PartitionIdentity, open: (@Sendable () async throws -> any PartitionStore)?
    ) throws -> (runner: PartitionRunner, wire: PartitionWire) {
        keys.add(number, secret: identity.secret.bytes)
        let wire = PartitionWire(names: names, configuration: configuration, identity: identity, keys: keys)
        let window = environment.window(over: transport)
        let partitionLogger = logger.with(LogKey.partition, "\(number)")
        var setup = PartitionSetup(
            partition: number, names: names, configuration: configuration, runner: orchestrators,
            functions: functions, clock: environment.clock, publisher: publisher, limiter: limiter, hearing: hearing,
            crashGuard: CrashGuard(ledger, partition: number), wire: wire, logger: partitionLogger,
            calledActivities: calledActivities, parked: parked, statusBudget: statusBudget,
            outboxLimit: window == .unlimited ? .max : configuration.messages.maximumOutboxRows,
            unseenWork: environment.unseenWork, waiterBounds: environment.waiterBounds)
        setup.tracing = tracing
        setup.payloads = payloads
        setup.watch = EpisodeWatch(logger: partitionLogger)
        setup.random = environment.random
        setup.metrics = metrics[number]
        setup.commitLedger = CommitLedger(record: ledger.record, partition: number)
        if environment.hasFiles, let directory = configuration.storage.directory {
            setup.storePath = try SQLitePartitionStore.path(
                directory: directory, hub: configuration.hub, partition: number)
        }
        let runner = PartitionRunner(setup: setup, open: open) { [self] mailbox in
            OutboxDispatcher(
                names: names, transport: transport, clock: environment.clock, local: router, mailbox: mailbox,
                unknownActivityGrace: configuration.graces.unknownActivity, settleDelay: environment.settleDelay,
                window: window, wire: wire, activities: activities, parked: parked, partition: number,
                random: environment.random, metrics: metrics[number].host, logger: partitionLogger)
        }
        return (runner, wire)
    }
}
