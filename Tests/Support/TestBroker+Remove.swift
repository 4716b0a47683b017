import AMQP
import Logging
import Warren
package import WarrenMessaging

extension TestBroker {
    /// Takes everything of a hub off the broker, which may be one that is not ours. What is not there is no error.
    ///
    /// - Parameters:
    ///   - partitions: as many as it may have.
    ///   - activities: those whose queues any of its hosts may have made.
    ///   - more: what a test has made besides.
    ///   - url: the broker, if it is not the one of all tests.
    package static func remove(
        _ hub: TaskHubName, partitions: Int, activities: [String] = [], and more: Topology = Topology(),
        from url: String? = nil
    ) async throws {
        let topology = TaskHubTopology.hub(hub, partitions: partitions, durability: .journal)
        let queues = topology.queues + TaskHubTopology.activities(activities, of: hub).queues + more.queues
        try await remove(
            queues: queues.map(\.name), exchanges: (topology.exchanges + more.exchanges).map(\.name), from: url)
    }

    /// Takes queues and exchanges off the broker, over one connection.
    package static func remove(
        queues: [String] = [], exchanges: [String] = [], from url: String? = nil
    ) async throws {
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: url ?? requireURL()), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let channel = try await connection.openChannel()
        for queue in queues { _ = try await channel.deleteQueue(queue) }
        for exchange in exchanges { try await channel.deleteExchange(exchange) }
        await connection.close()
    }
}
