import WarrenMessaging

extension TaskHubClient {
    /// Examines the hub's queues over this client's connection.
    package var provisioning: TaskHubProvisioning { TaskHubProvisioning(hub: messages.hub, transport: transport) }

    /// - Throws: ``ClientError`` with code `noTaskHub` if the hub has no host that takes messages: a question would wait
    ///   for its timeout.
    func requireHost() async throws {
        guard try await examine({ try await $0.hasHost() }) else {
            throw ClientError(
                .noTaskHub, "No orchestrator host of hub '\(hub)' runs at present, so nobody can say. Start one.")
        }
    }

    /// Translates errors of the broker to client errors.
    func examine<Value>(_ body: (TaskHubProvisioning) async throws -> Value) async throws -> Value {
        do {
            return try await body(provisioning)
        } catch let error as MessagingError {
            throw error.code == .missing
                ? noTaskHub(detail: error.message)
                : ClientError(.unreachable, "The broker does not show hub '\(hub)': \(error.message)", cause: error)
        }
    }
}

extension TaskHubProvisioning {
    /// The number of partitions of a hub that exists.
    ///
    /// - Throws: ``ClientError`` with code `noTaskHub` if it does not.
    func existingPartitions() async throws -> Int {
        let count = try await partitionCount()
        guard count > 0 else {
            throw ClientError(
                .noTaskHub,
                "There is no task hub '\(hub)' on this broker: start a host, or run 'warren hub create --hub \(hub)'.")
        }
        return count
    }
}
