import AMQP
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

extension HostEnvironment {
    /// RabbitMQ and SQLite, or what the configuration leaves out.
    package static func production(for configuration: HostConfiguration) -> HostEnvironment {
        var environment = HostEnvironment(
            transport: { configuration, logger in
                guard let broker = configuration.broker else {
                    return InProcessTransport(messageLimit: configuration.maximumMessageBytes)
                }
                var endpoint = try AMQPConfiguration(url: broker)
                endpoint.messageLimit = configuration.maximumMessageBytes
                return try await AMQPTransport.connect(endpoint, logger: logger)
            },
            store: { partition, configuration, logger in
                if let directory = configuration.dataDirectory {
                    return try SQLitePartitionStore.open(
                        directory: directory, hub: configuration.hub, partition: partition,
                        partitionCount: configuration.partitionCount, logger: logger)
                }
                return try InMemoryPartitionStore(
                    hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
            },
            flightRecord: { configuration in
                guard let directory = configuration.dataDirectory else { return FlightRecord() }
                return try FlightRecord.open(directory: directory, hub: configuration.hub)
            },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) },
            ownerPatience: ownerPatience(configuration))
        if configuration.broker != nil { environment.window = .broker }
        return environment
    }

    /// A broker gives up a peer that was silent for twice the heartbeat; then some more.
    private static func ownerPatience(_ configuration: HostConfiguration) -> Duration {
        do {
            guard let broker = configuration.broker else { return .seconds(5) }
            return try AMQPConfiguration(url: broker).heartbeat * 2 + .seconds(25)
        } catch {
            // Told when the host connects.
            return .zero
        }
    }
}
