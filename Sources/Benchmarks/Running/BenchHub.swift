import AMQP
import Logging
import Warren
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// A task hub that lives as long as one run: its host, its broker objects, its files, and the load that drives it.
struct BenchHub: Sendable {
    let name: TaskHubName
    let load: LoadGenerator
    private let transport: any MessageTransport
    private let settings: BenchSettings
    private let host: TaskHubHost

    /// Makes the hub, runs the body against it, verifies that nothing is left over, and removes it.
    static func with(
        _ settings: BenchSettings, directory: WorkDirectory, logger: Logger,
        register: (TaskHubHost) -> Void, _ body: (BenchHub) async throws -> Measurement
    ) async throws -> Measurement {
        let name = try TaskHubName(RandomName.make("bench"))
        var configuration = HostConfiguration(
            hub: name.text, broker: settings.broker, dataDirectory: directory.path,
            partitionCount: settings.partitionCount)
        configuration.gracePeriod = .seconds(10)
        configuration.durability = settings.durability.durability

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
                    settings: settings, host: host)
                return try await hub.measure(body)
            }
            try verifyStores(measurement, configuration, logger)
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

    // MARK: Verification

    /// - Throws: `BenchError` when a queue of the hub still holds messages.
    private func verifyQueues() async throws {
        var queues = [name.intakeQueue, name.queryQueue, name.deadQueue, name.activityDeadQueue]
        queues += (0..<settings.partitionCount).map { name.partitionQueue($0, of: settings.partitionCount) }
        queues += host.functions.activityNames.map(name.activityQueue)
        for queue in queues {
            let depth = try await transport.depth(of: queue)
            if depth > 0 { throw BenchError(.leftOver, "\(depth) messages are left in the queue '\(queue)'") }
        }
    }

    /// - Throws: `BenchError` when the stores hold more or fewer instances than were started, or open ones too many.
    private static func verifyStores(
        _ measurement: Measurement, _ configuration: HostConfiguration, _ logger: Logger
    ) throws {
        var instances = 0
        var open = 0
        for partition in 0..<configuration.partitionCount {
            let store = try SQLitePartitionStore.open(
                directory: configuration.dataDirectory ?? "", hub: configuration.hub, partition: partition,
                partitionCount: configuration.partitionCount, logger: logger,
                journal: configuration.durability == .journal ? .existing : .none)
            defer { store.close() }
            let counts = try store.counts()
            instances += counts.instances
            open += counts.openInstances
        }
        if instances != measurement.instances {
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
