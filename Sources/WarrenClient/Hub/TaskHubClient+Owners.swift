import Warren
import WarrenMessaging

extension TaskHubClient {
    /// The partitions with their owners, and the hosts. In a hub with journals it listens to the hosts for 1.2 seconds.
    package func owners() async throws -> HubOwners {
        let (owners, waiting, hasHost) = try await examine { hub in
            let partitions = try await hub.existingPartitions()
            let owners: HubOwners.Owners =
                switch try await hub.durability(partitions: partitions) {
                case .journal: .shared(try await hub.sharing(partitions: partitions))
                default: .records(try await hub.owners(partitions: partitions))
                }
            var waiting: [Int] = []
            for number in 0..<partitions {
                waiting.append(try await hub.transport.depth(of: hub.hub.partitionQueue(number, of: partitions)))
            }
            return (owners, waiting, try await hub.hasHost())
        }
        var replies = [DamagedRowsReply?](repeating: nil, count: waiting.count)
        if hasHost {
            let answers = try await damagedRows(partitions: waiting.count, timeout: min(timeout, .seconds(3)))
            replies = answers.map { if case .success(let reply) = $0 { reply } else { nil } }
        }
        return HubOwners(owners, waiting: waiting, replies: replies)
    }
}
