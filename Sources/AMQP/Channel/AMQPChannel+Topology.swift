package import AMQPMessages

extension AMQPChannel {
    /// Declares an exchange; declaring an existing one with equal arguments changes nothing.
    ///
    /// - Parameters:
    ///   - kind: `direct`, `topic`, `fanout`, `headers`, or a kind of a plug-in.
    ///   - isPassive: only check that it exists; everything but the name is ignored then.
    /// - Throws: `preconditionFailed` when it exists with other arguments, `notFound` when `isPassive` and it does not.
    package func declareExchange(
        _ name: String, kind: String = "direct", isPassive: Bool = false, isDurable: Bool = true,
        autoDelete: Bool = false, arguments: FieldTable = [:]
    ) async throws {
        try await request(
            .declareExchange(
                name: name, kind: kind, isPassive: isPassive, isDurable: isDurable, autoDelete: autoDelete,
                arguments: arguments))
    }

    /// Deletes an exchange; deleting a missing one succeeds.
    package func deleteExchange(_ name: String, ifUnused: Bool = false) async throws {
        try await request(.deleteExchange(name: name, ifUnused: ifUnused))
    }

    /// Declares a queue; declaring an existing one with equal arguments changes nothing.
    ///
    /// - Parameters:
    ///   - name: if it is empty, the broker chooses one.
    ///   - isPassive: only check that it exists; everything but the name is ignored then.
    /// - Throws: `preconditionFailed` when it exists with other arguments, `notFound` when `isPassive` and it does not,
    ///   `resourceLocked` when another connection holds it.
    @discardableResult
    package func declareQueue(
        _ name: String, isPassive: Bool = false, isDurable: Bool = true, isExclusive: Bool = false,
        autoDelete: Bool = false, arguments: FieldTable = [:]
    ) async throws -> QueueStatus {
        let reply = try await request(
            .declareQueue(
                name: name, isPassive: isPassive, isDurable: isDurable, isExclusive: isExclusive,
                autoDelete: autoDelete, arguments: arguments))
        guard case .queue(let status) = reply else { throw Self.unexpected(reply) }
        return status
    }

    /// The number of messages and consumers of a queue.
    package func status(ofQueue name: String) async throws -> QueueStatus {
        try await declareQueue(name, isPassive: true)
    }

    /// Deletes a queue with its messages; deleting a missing one succeeds.
    ///
    /// - Returns: the number of messages in it.
    @discardableResult
    package func deleteQueue(_ name: String, ifUnused: Bool = false, ifEmpty: Bool = false) async throws -> Int {
        let reply = try await request(.deleteQueue(name: name, ifUnused: ifUnused, ifEmpty: ifEmpty))
        guard case .removed(let count) = reply else { throw Self.unexpected(reply) }
        return count
    }

    /// Makes an exchange route messages with this key to a queue; an existing binding is left unchanged.
    package func bindQueue(
        _ name: String, exchange: String, routingKey: String, arguments: FieldTable = [:]
    ) async throws {
        try await request(.bindQueue(name: name, exchange: exchange, routingKey: routingKey, arguments: arguments))
    }

    /// Sets how many deliveries a consumer that starts after this may hold unacknowledged; with 0 any number.
    package func setPrefetch(_ count: Int) async throws {
        try await request(.setPrefetch(count: UInt16(clamping: count)))
    }

    private static func unexpected(_ reply: Reply) -> AMQPError {
        AMQPError(.protocolViolation, "an answer of another kind came: \(reply)")
    }
}
