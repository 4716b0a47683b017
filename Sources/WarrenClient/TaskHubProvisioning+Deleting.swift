import Warren
import WarrenMessaging

/// Takes a hub off the broker.
extension TaskHubProvisioning {
    /// Deletes the hub's queues, with what is in them, and its exchanges.
    ///
    /// Queues of activities that are not named, and streams with copies of partitions, stay: a broker does not list queues
    /// over AMQP. A deletion that was interrupted can be repeated.
    ///
    /// - Parameters:
    ///   - activities: the activities; their queues are deleted, too.
    ///   - report: gets the name of each thing that is gone.
    /// - Returns: the number of the hub's partitions.
    /// - Throws: ``ClientError`` with code `noTaskHub` if there is no such hub, `rejected` while a host runs.
    package func delete(activities: [String], report: (String) -> Void) async throws -> Int {
        let partitions = try await partitionCount()
        guard partitions > 0 else {
            throw ClientError(.noTaskHub, "There is no task hub '\(hub)' on this broker.")
        }
        let durability = try await durability(partitions: partitions)
        if try await isInUse(partitions: partitions, durability) {
            throw ClientError(.rejected, "A host of hub '\(hub)' runs. Stop all of them first.")
        }
        let topology = TaskHubTopology.hub(hub, partitions: partitions, durability: durability)
        // The partitions' queues tell that there is a hub, and how many partitions it has. They go last, the highest
        // number first, so that what is left by an interruption is found again.
        let numbered = (0..<partitions).map { hub.partitionQueue($0, of: partitions) }
        let others = topology.queues.map(\.name).filter { !numbered.contains($0) }
        let workers = Set(activities).sorted().map { hub.activityQueue($0) }
        for exchange in topology.exchanges.map(\.name) {
            try await transport.deleteExchange(exchange)
            report(exchange)
        }
        for queue in workers + others + numbered.reversed() {
            try await transport.deleteQueue(queue)
            report(queue)
        }
        return partitions
    }

    private func isInUse(partitions: Int, _ durability: Durability) async throws -> Bool {
        do {
            if try await hasHost() { return true }
            guard durability == .journal else { return false }
            return try await !sharing(partitions: partitions).hosts.isEmpty
        } catch let error as MessagingError where error.code == .missing {
            // An earlier deletion was interrupted.
            return false
        }
    }
}
