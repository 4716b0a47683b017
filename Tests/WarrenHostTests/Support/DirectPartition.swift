import Testing
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// A partition of a cluster without a host around it, so that a test decides what one round finds in the mailbox.
struct DirectPartition {
    let clock = VirtualClock(Cluster.beginning)
    let log = LogLines()
    /// As a host's parts have it.
    let part: HostParts.Partition
    private var runner: PartitionRunner { part.runner }

    var mailbox: PartitionMailbox { runner.mailbox }

    /// The partition of an instance. No host may have it meanwhile.
    init(
        of instanceID: String, in cluster: Cluster, register: (TaskHubHost) -> Void,
        configure: (inout HostConfiguration) -> Void = { _ in }, open: @escaping Cluster.Open = Cluster.files,
        transport: (any MessageTransport)? = nil, flightRecord: FlightRecord = FlightRecord(),
        outboxLimit: Int = .max, router: LocalRouter? = nil
    ) throws {
        let transport = transport ?? cluster.transport
        var configuration = HostConfiguration(hub: Cluster.hub, partitionCount: Cluster.partitions)
        configure(&configuration)
        let functions = try TaskHubHost(configuration)
        register(functions)
        let logger = log.logger
        let partition = Partitioning.partition(of: instanceID, count: Cluster.partitions)
        let folder = cluster.folder
        let store = try open(partition, folder)
        let keys = PartitionKeys(partitionCount: Cluster.partitions)
        keys.add(partition, secret: store.identity.secret.bytes)
        let wire = PartitionWire(
            names: cluster.names, configuration: configuration, identity: store.identity, keys: keys)
        var setup = PartitionSetup(
            partition: partition, names: cluster.names, configuration: configuration,
            runner: LocalOrchestratorRunner(functions: functions.functions, logger: logger),
            functions: functions.functions, clock: clock,
            publisher: ReliablePublisher(transport: transport, clock: clock, logger: logger),
            limiter: Limiter(1), hearing: WorkerHearing(over: transport, clock: clock),
            crashGuard: CrashGuard(
                CrashLedger(
                    flightRecord, limit: configuration.messages.maximumHostDeaths, now: clock.now, logger: logger),
                partition: partition),
            wire: wire, logger: logger)
        setup.outboxLimit = outboxLimit
        let clock = clock
        let local = router ?? LocalRouter(decode: wire.decode)
        let runner = PartitionRunner(setup: setup, open: { try open(partition, folder) }) { mailbox in
            OutboxDispatcher(
                names: cluster.names, transport: transport, clock: clock,
                local: local, mailbox: mailbox, unknownActivityGrace: .seconds(30),
                settleDelay: .zero, wire: wire, logger: logger)
        }
        part = HostParts.Partition(runner: runner, store: store, wire: wire)
        local.own(key: cluster.names.partitionKey(partition), runner.mailbox)
    }

    /// Runs until what is in the mailbox is durable, and closes the store.
    func runUntilDone() async throws {
        stop()
        try await run()
    }

    /// Runs until stopped, or until the test is cancelled.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await runner.run(part.store)
        } onCancel: { [runner] in
            runner.stop()
        }
    }

    /// Lets `run` return when all is done.
    func stop() { runner.stop() }

    /// The broker takes nothing, or does again.
    func block(_ isBlocked: Bool) { runner.block(isBlocked) }
}
