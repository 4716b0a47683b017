package import Warren

/// Finds the number of a hub's partitions and its durability from its queues, for callers that need them before a host
/// answers.
package enum HubSize {
    /// The number of the hub's partition queues; 0 if there is no such hub.
    ///
    /// The width of a partition queue's name depends on the number of partitions, so the lowest queue is looked for in
    /// each width, and from there on the queues are counted.
    package static func partitionCount(of hub: TaskHubName, on transport: any MessageTransport) async throws -> Int {
        for smallest in [1, 101, 1001] where try await exists(hub.partitionQueue(0, of: smallest), on: transport) {
            var count = 1
            while try await exists(hub.partitionQueue(count, of: max(smallest, count + 1)), on: transport) {
                count += 1
            }
            return count
        }
        return 0
    }

    /// The durability of a hub with so many partitions: whether it has journals.
    package static func durability(
        of hub: TaskHubName, on transport: any MessageTransport, partitions count: Int
    ) async throws -> Durability {
        try await exists(hub.journalStream(0, of: count), on: transport) ? .journal : .local
    }

    private static func exists(_ queue: String, on transport: any MessageTransport) async throws -> Bool {
        do {
            _ = try await transport.depth(of: queue)
            return true
        } catch let error as MessagingError where error.code == .missing {
            return false
        }
    }
}
