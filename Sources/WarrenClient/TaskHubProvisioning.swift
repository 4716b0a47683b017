package import Warren
package import WarrenMessaging

/// Creates, checks and measures a hub's exchanges and queues, without a host.
package struct TaskHubProvisioning: Sendable {
    /// The hub.
    package let hub: TaskHubName
    package let transport: any MessageTransport

    package init(hub: TaskHubName, transport: any MessageTransport) {
        self.hub = hub
        self.transport = transport
    }

    /// The number of partitions of the hub on the broker; 0 if there is no such hub.
    package func partitionCount() async throws -> Int {
        try await HubSize.partitionCount(of: hub, on: transport)
    }

    /// The durability of the hub with so many partitions.
    package func durability(partitions: Int) async throws -> Durability {
        try await HubSize.durability(of: hub, on: transport, partitions: partitions)
    }

    /// Declares everything; existing exchanges and queues stay unchanged.
    ///
    /// - Parameters:
    ///   - activities: the names of activities that get a queue, for workers that start before any host does.
    ///   - durability: the wanted one; `nil` for that of the hub if it exists, and otherwise `.local`.
    ///   - journalBytes: the size of each partition's journal; one that exists keeps its size.
    /// - Returns: the durability of the hub.
    /// - Throws: ``ClientError`` with code `noTaskHub` if the hub exists with another number of partitions, because
    ///   instances would then be looked for in the wrong ones, or with another durability; with code `invalidArgument`
    ///   for an invalid name of an activity.
    @discardableResult
    package func create(
        partitions: Int, activities: [String] = [], durability wanted: Durability? = nil,
        journalBytes: Int = TaskHubTopology.journalBytes
    ) async throws -> Durability {
        for name in activities where !WireRules.isName(name) {
            throw ClientError(
                .invalidArgument,
                "'\(name)' cannot name an activity: 1 to 100 letters, digits, '_', '.' or '-', beginning with a letter or "
                    + "'_'.")
        }
        let existing = try await partitionCount()
        guard existing == 0 || existing == partitions else {
            throw ClientError(
                .noTaskHub,
                "Hub '\(hub)' exists with \(existing) partitions, and that number is fixed. Create a hub of another name "
                    + "with \(partitions), or go on with \(existing).")
        }
        let found = try await durability(partitions: partitions)
        // A hub whose creation was interrupted may have journals and no partitions.
        if let wanted, wanted != found, existing > 0 || found == .journal {
            throw ClientError(
                .noTaskHub,
                "Hub '\(hub)' exists with the durability '\(found)', and that is fixed. Create a hub of another name with "
                    + "'\(wanted)', or go on with '\(found)'. 'warren hub journal' gives a hub of durability 'local' "
                    + "journals.")
        }
        let durability = wanted ?? found
        try await transport.provision(
            TaskHubTopology.hub(hub, partitions: partitions, durability: durability, journalBytes: journalBytes))
        if !activities.isEmpty { try await transport.provision(TaskHubTopology.activities(Set(activities), of: hub)) }
        return durability
    }

    /// Checks that everything exists with the right arguments.
    ///
    /// - Parameter partitions: the expected number; `nil` for any number.
    /// - Returns: the actual number.
    package func verify(partitions: Int?) async throws -> Int {
        let existing = try await partitionCount()
        guard existing > 0 else {
            throw ClientError(
                .noTaskHub,
                "There is no task hub '\(hub)' on this broker: start a host, or run 'warren hub create --hub \(hub)'.")
        }
        if let partitions, partitions != existing {
            throw ClientError(.noTaskHub, "Hub '\(hub)' has \(existing) partitions, not \(partitions).")
        }
        do {
            try await transport.verify(
                TaskHubTopology.hub(
                    hub, partitions: existing, durability: try await durability(partitions: existing)))
        } catch {
            throw ClientError(.noTaskHub, "Hub '\(hub)' is not as it should be.", cause: error)
        }
        return existing
    }

    /// The load of each of the hub's queues and streams, sorted by name; without owner queues, in which no messages wait.
    ///
    /// A broker does not list queues over AMQP, and activities' queues are created by their workers.
    ///
    /// - Parameter activities: the activities to include; one that has no queue yet is left out.
    package func queues(partitions: Int, activities: [String] = []) async throws -> [QueueLoad] {
        var loads: [QueueLoad] = []
        let owners = Set((0..<partitions).map { hub.ownerQueue($0, of: partitions) })
        let topology = TaskHubTopology.hub(
            hub, partitions: partitions, durability: try await durability(partitions: partitions))
        for queue in topology.queues.map(\.name)
        where !owners.contains(queue) {
            loads.append(try await transport.load(of: queue))
        }
        for activity in Set(activities) {
            let queue = hub.activityQueue(activity)
            do {
                loads.append(try await transport.load(of: queue))
            } catch let error as MessagingError where error.code == .missing {
                continue
            }
        }
        return loads.sorted { $0.queue < $1.queue }
    }

    /// Whether an orchestrator host consumes the intake.
    package func hasHost() async throws -> Bool {
        try await transport.load(of: hub.intakeQueue).consumers.map { $0 > 0 } ?? false
    }
}
