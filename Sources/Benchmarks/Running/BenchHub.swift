import AMQP
import Logging
import Warren
@_spi(Backends) import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// A task hub that lives as long as one run: its host, its broker objects, its files, and the load that drives it.
struct BenchHub: Sendable {
    let name: TaskHubName
    let load: LoadGenerator
    private let transport: any MessageTransport
    private let settings: BenchSettings
    private let activities: [String]
    /// Hosts that are processes of their own, if they are.
    let cluster: Cluster?
    /// The beats of those.
    let view: HubView?
    /// The host, if it is in this process.
    let host: TaskHubHost?

    /// Makes the hub, runs the body against it, verifies that nothing is left over, and removes it.
    ///
    /// - Parameters:
    ///   - register: gives the host its functions; hosts that are processes have all of them.
    ///   - arrange: starts hosts that are processes, if not the usual ones.
    static func with(
        _ settings: BenchSettings, directory: WorkDirectory, logger: Logger,
        register: (TaskHubHost) -> Void,
        arrange: @escaping @Sendable (Cluster, HubView?) async throws -> Void = BenchHub.arrange,
        _ body: (BenchHub) async throws -> Measurement
    ) async throws -> Measurement {
        guard let hosts = settings.hosts else {
            return try await withHost(settings, directory: directory, logger: logger, register: register, body)
        }
        return try await withProcesses(hosts, settings, directory: directory, logger: logger, arrange: arrange, body)
    }

    /// With a host inside this process.
    private static func withHost(
        _ settings: BenchSettings, directory: WorkDirectory, logger: Logger,
        register: (TaskHubHost) -> Void, _ body: (BenchHub) async throws -> Measurement
    ) async throws -> Measurement {
        let name = try TaskHubName(RandomName.make("bench"))
        var configuration = HostConfiguration(
            hub: name.text, broker: settings.broker, dataDirectory: directory.path,
            partitionCount: settings.partitionCount)
        configuration.graces.stop = .seconds(10)
        configuration.storage.durability = settings.durability.durability
        configuration.activities.dispatch = settings.activityDispatch.dispatch

        // An external program has connections of its own; inside one process there is only the one transport.
        let transport: any MessageTransport
        var environment = HostEnvironment.production(for: configuration)
        if let broker = settings.broker {
            transport = try await AMQPTransport.connect(AMQPConfiguration(url: broker), logger: logger)
        } else {
            let shared = InProcessTransport()
            transport = shared
            environment.transport = { _, _ in shared }
            environment.ownsTransport = false
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: logger)
        register(host)
        let removal = HubRemoval(
            name: name, partitionCount: settings.partitionCount, activities: host.functions.activityNames)
        do {
            let measurement = try await run(host) {
                let hub = BenchHub(
                    name: name, load: try await LoadGenerator(hub: name, transport: transport), transport: transport,
                    settings: settings, activities: host.functions.activityNames, cluster: nil, view: nil,
                    host: host)
                return try await hub.measure(body)
            }
            try verifyStores(measurement, configuration, [directory.path], logger)
            try await removal.run(settings)
            await transport.shutdown()
            return measurement
        } catch {
            do {
                try await removal.run(settings)
            } catch let second {
                // What went wrong first is what matters; the hub stays behind, and its name says whose it is.
                logger.warning("The hub could not be removed", metadata: ["hub": "\(name)", "error": "\(second)"])
            }
            await transport.shutdown()
            throw error
        }
    }

    /// Runs the body while the host runs.
    private static func run(
        _ host: TaskHubHost, _ body: () async throws -> Measurement
    ) async throws -> Measurement {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            guard await host.isReady else {
                try await group.next()
                throw BenchError(.host, "The host ended before it was ready")
            }
            let measurement = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return measurement
        }
    }

    /// With hosts that are processes of their own.
    private static func withProcesses(
        _ hosts: Int, _ settings: BenchSettings, directory: WorkDirectory, logger: Logger,
        arrange: @escaping @Sendable (Cluster, HubView?) async throws -> Void,
        _ body: (BenchHub) async throws -> Measurement
    ) async throws -> Measurement {
        let name = try TaskHubName(RandomName.make("bench"))
        let cluster = try Cluster(name, settings, directory: directory)
        let activities = Functions.activities + [Functions.beat.name]
        var removal = HubRemoval(name: name, partitionCount: settings.partitionCount, activities: activities)
        let transport = try await AMQPTransport.connect(
            AMQPConfiguration(url: settings.broker ?? ""), logger: logger)
        do {
            try await cluster.launch(0..<1)
            let view =
                settings.durability == .journal
                ? try await HubView(name, partitions: settings.partitionCount, transport: transport) : nil
            let hub = BenchHub(
                name: name, load: try await LoadGenerator(hub: name, transport: transport), transport: transport,
                settings: settings, activities: activities, cluster: cluster, view: view, host: nil)
            let measurement = try await withThrowingTaskGroup(of: Void.self) { group in
                if let view { group.addTask { try await view.run() } }
                do {
                    try await arrange(cluster, view)
                    let measurement = try await hub.measure(body)
                    await view?.close()
                    try await group.waitForAll()
                    return measurement
                } catch {
                    await view?.close()
                    group.cancelAll()
                    throw error
                }
            }
            if let view { removal.epochs = view.epochsWithSnapshots }
            await cluster.stopAll()
            var configuration = HostConfiguration(hub: name.text, partitionCount: settings.partitionCount)
            configuration.storage.durability = settings.durability.durability
            try verifyStores(measurement, configuration, cluster.dataDirectories, logger)
            try await removal.run(settings)
            await transport.shutdown()
            return measurement
        } catch {
            await cluster.killAll()
            do {
                try await removal.run(settings)
            } catch let second {
                logger.warning("The hub could not be removed", metadata: ["hub": "\(name)", "error": "\(second)"])
            }
            await transport.shutdown()
            throw error
        }
    }

    /// Starts as many hosts as the settings say, and waits until they share the partitions.
    static func arrange(_ cluster: Cluster, _ view: HubView?) async throws {
        let count = cluster.settings.hosts ?? 1
        if count > 1 { try await cluster.launch(1..<count) }
        if let view { _ = try await view.settle(cluster.processes) }
    }

    /// Runs the body while the replies are read.
    private func measure(_ body: (BenchHub) async throws -> Measurement) async throws -> Measurement {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await load.run() }
            do {
                let measurement = try await body(self)
                try await verifyQueues()
                try load.checkStrays()
                await load.close()
                try await group.waitForAll()
                return measurement
            } catch {
                await load.close()
                group.cancelAll()
                throw error
            }
        }
    }

    /// A client of the hub, with connections of its own where there is a broker; to be closed.
    func client(logger: Logger) async throws -> TaskHubClient {
        guard settings.transport == .rabbitMQ, let broker = settings.broker else {
            return try await .connect(over: transport, hub: name.text, logger: logger)
        }
        return try await .connect(broker: broker, hub: name.text, logger: logger)
    }

    // MARK: Measuring

    /// Measures what the hosts use from now on.
    func meter() async throws -> HubMeter { try await HubMeter(cluster) }

    /// How many activities the hosts have run.
    ///
    /// - Parameter runs: those of a host inside this process.
    func activityRuns(_ runs: Counter) async throws -> Int {
        guard let cluster else { return runs.value }
        return try await cluster.usage().reduce(0) { $0 + $1.runs }
    }

    // MARK: Verification

    /// - Throws: `BenchError` when a queue of the hub still holds messages.
    private func verifyQueues() async throws {
        var queues = [name.intakeQueue, name.queryQueue, name.deadQueue, name.activityDeadQueue]
        queues += (0..<settings.partitionCount).map { name.partitionQueue($0, of: settings.partitionCount) }
        queues += activities.map(name.activityQueue)
        for queue in queues {
            let depth = try await transport.depth(of: queue)
            if depth > 0 { throw BenchError(.leftOver, "\(depth) messages are left in the queue '\(queue)'") }
        }
    }

    /// Looks into the files. Of several hosts' files of a partition, that with the most instances counts: the others may
    /// be a little behind.
    ///
    /// - Throws: `BenchError` when the stores hold more or fewer instances than were started, or open ones too many.
    private static func verifyStores(
        _ measurement: Measurement, _ configuration: HostConfiguration, _ directories: [String], _ logger: Logger
    ) throws {
        var instances = 0
        var open = 0
        for partition in 0..<configuration.partitionCount {
            let found = try directories.map { directory in
                let store = try SQLitePartitionStore.open(
                    directory: directory, hub: configuration.hub, partition: partition,
                    partitionCount: configuration.partitionCount, logger: logger,
                    journal: configuration.storage.durability == .journal ? .existing : .none)
                defer { store.close() }
                return try store.counts()
            }
            guard let last = found.max(by: { ($0.instances, -$0.openInstances) < ($1.instances, -$1.openInstances) })
            else { continue }
            instances += last.instances
            open += last.openInstances
        }
        if !(measurement.instances...measurement.instances + measurement.uncertainInstances).contains(instances) {
            throw BenchError(
                instances < measurement.instances ? .lost : .duplicated,
                "The stores hold \(instances) instances; \(measurement.instances) were started")
        }
        if open != measurement.openInstances {
            throw BenchError(
                .leftOver, "\(open) instances are open at the end in the place of \(measurement.openInstances)")
        }
    }
}
