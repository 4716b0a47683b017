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

    /// Examines the hub in the broker, and translates errors to client errors.
    func examine<Value>(_ body: (TaskHubProvisioning) async throws -> Value) async throws -> Value {
        try await asking("The broker does not show hub '\(hub)'") { try await body(provisioning) }
    }

    /// Asks the broker for something, and translates errors to client errors, whichever layer they come from: that there
    /// is no hub, and everything else (a lost connection, a channel that the broker closed, a node that is down, a right
    /// that is missing) to `unreachable`.
    ///
    /// - Parameter failure: the beginning of the message if the broker does not answer.
    func asking<Value>(_ failure: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ClientError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
        } catch {
            let detail = (error as? MessagingError)?.message ?? "\(error)"
            throw ClientError(.unreachable, "\(failure): \(detail)", cause: error)
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
