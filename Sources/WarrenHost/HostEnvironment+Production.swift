import AMQP
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

extension HostEnvironment {
    /// Makes the environment of RabbitMQ and SQLite, or of memory where the configuration leaves one out.
    package static func production(for configuration: HostConfiguration) -> HostEnvironment {
        var environment = HostEnvironment(
            transport: { configuration, logger in
                guard let broker = configuration.broker.address else {
                    return InProcessTransport(messageLimit: configuration.messages.maximumSize)
                }
                var endpoint = try AMQPConfiguration(url: broker)
                endpoint.messageLimit = configuration.messages.maximumSize
                return try await AMQPTransport.connect(
                    endpoint, owner: "host", metrics: configuration.metricsFactory, logger: logger)
            },
            store: { partition, configuration, logger in
                if let directory = configuration.storage.directory {
                    return try SQLitePartitionStore.open(
                        directory: directory, hub: configuration.hub, partition: partition,
                        partitionCount: configuration.partitionCount, logger: logger)
                }
                return try InMemoryPartitionStore(
                    hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
            },
            flightRecord: { configuration in
                guard let directory = configuration.storage.directory else { return FlightRecord() }
                return try FlightRecord.open(directory: directory, hub: configuration.hub)
            },
            runner: { functions, logger in
                LocalOrchestratorRunner(
                    functions: functions, logger: logger,
                    historyLimit: configuration.orchestrations.maximumHistory)
            },
            ownerPatience: ownerPatience(configuration))
        if configuration.broker.url != nil { environment.window = .broker }
        return environment
    }

    /// Computes the patience: a broker gives up a connection that was silent for twice the heartbeat; a margin is
    /// added.
    private static func ownerPatience(_ configuration: HostConfiguration) -> Duration {
        do {
            guard let broker = configuration.broker.address else { return .seconds(5) }
            return try AMQPConfiguration(url: broker).heartbeat * 2 + .seconds(25)
        } catch {
            // The host reports the bad value when it connects.
            return .zero
        }
    }
}
