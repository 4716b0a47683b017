import AMQP
import Logging
import Warren
import WarrenMessaging

/// Takes a hub off the broker.
struct HubRemoval: Sendable {
    var name: TaskHubName
    var partitionCount: Int
    var activities: [String]
    /// The number of claims after which copies of a partition are looked for; 0 if there can be none.
    var epochs = 4

    /// Removes it, also when the run was interrupted.
    func run(_ settings: BenchSettings) async throws {
        guard let broker = settings.broker else { return }
        // A task of its own, which is not cancelled with the run.
        try await Task { try await remove(from: broker, settings.durability) }.value
    }

    /// The streams that may hold copies of partitions: those of the first claims. A run has one claim, and few more if
    /// the broker was slow; hosts that are killed make as many as `epochs` says.
    private var snapshots: [String] {
        // Of many claims, none has made many.
        let numbers = 1...(epochs > 4 ? 4 : 16)
        guard epochs > 0 else { return [] }
        return (0..<partitionCount).flatMap { partition in
            (1...max(epochs, 1)).flatMap { epoch in
                numbers.map { name.snapshotStream(partition, of: partitionCount, id: "\(epoch)-\($0)") }
            }
        }
    }

    private func remove(from broker: String, _ durability: DurabilityKind) async throws {
        let connection = try await AMQPConnection.open(
            AMQPConfiguration(url: broker), logger: Logger(label: "warren.bench"))
        let channel = try await connection.openChannel()
        let hub = TaskHubTopology.hub(name, partitions: partitionCount, durability: .journal)
        let workers = TaskHubTopology.activities(activities, of: name)
        for queue in workers.queues + hub.queues { try await channel.deleteQueue(queue.name) }
        for exchange in workers.exchanges + hub.exchanges { try await channel.deleteExchange(exchange.name) }
        if durability == .journal {
            for stream in snapshots { try await channel.deleteQueue(stream) }
        }
        await connection.close()
    }
}
