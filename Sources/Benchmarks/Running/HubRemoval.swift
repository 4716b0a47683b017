import AMQP
import Logging
import Warren
import WarrenHost
import WarrenMessaging

/// Takes a hub off the broker.
struct HubRemoval {
    var name: TaskHubName
    var partitionCount: Int
    var host: TaskHubHost

    func run(_ settings: BenchSettings) async throws {
        guard let broker = settings.broker else { return }
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: broker), logger: Logger(label: "warren.bench"))
        let channel = try await connection.openChannel()
        let hub = TaskHubTopology.hub(name, partitions: partitionCount)
        let activities = TaskHubTopology.activities(host.functions.activityNames, of: name)
        for queue in activities.queues + hub.queues { try await channel.deleteQueue(queue.name) }
        for exchange in activities.exchanges + hub.exchanges { try await channel.deleteExchange(exchange.name) }
        await connection.close()
    }
}
