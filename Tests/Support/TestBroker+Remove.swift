import AMQP
import Logging
package import WarrenMessaging

extension TestBroker {
    /// Takes everything of a hub off the broker, which may be one that is not ours. What is not there is no error.
    ///
    /// - Parameters:
    ///   - partitions: as many as it may have.
    ///   - activities: those whose queues any of its hosts may have made.
    ///   - more: what a test has made besides.
    package static func remove(
        _ hub: TaskHubName, partitions: Int, activities: [String] = [], and more: Topology = Topology()
    ) async throws {
        var topology = TaskHubTopology.hub(hub, partitions: partitions)
        topology.queues += TaskHubTopology.activities(activities, of: hub).queues + more.queues
        topology.exchanges += more.exchanges
        try await remove(topology)
    }

    /// Takes queues and exchanges off the broker, over one connection.
    package static func remove(_ topology: Topology) async throws {
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: requireURL()), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let channel = try await connection.openChannel()
        for queue in topology.queues { _ = try await channel.deleteQueue(queue.name) }
        for exchange in topology.exchanges { try await channel.deleteExchange(exchange.name) }
        await connection.close()
    }
}
