import AMQP
import Logging
import Warren
import WarrenMessaging

/// Takes a hub off the broker.
struct HubRemoval: Sendable {
    var name: TaskHubName
    var partitionCount: Int
    var activities: [String]

    /// Removes it, also when the run was interrupted.
    func run(_ settings: BenchSettings) async throws {
        guard let broker = settings.broker else { return }
        // A task of its own, which is not cancelled with the run.
        try await Task { try await remove(from: broker) }.value
    }

    private func remove(from broker: String) async throws {
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: broker), logger: Logger(label: "warren.bench"))
        let channel = try await connection.openChannel()
        let hub = TaskHubTopology.hub(name, partitions: partitionCount, durability: .journal)
        let workers = TaskHubTopology.activities(activities, of: name)
        for queue in workers.queues + hub.queues { try await channel.deleteQueue(queue.name) }
        for exchange in workers.exchanges + hub.exchanges { try await channel.deleteExchange(exchange.name) }
        await connection.close()
    }
}
