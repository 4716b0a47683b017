public import Warren
import WarrenMessaging

/// Raises events to instances that may not exist yet.
extension TaskHubClient {
    /// Raises an event to an instance, which is started first if it does not exist: by one message, so that both happen
    /// or neither.
    ///
    /// An instance that runs, waits or is suspended gets the event, and the start has no effect.
    ///
    /// - Parameters:
    ///   - event: the reference with its name and type.
    ///   - value: the value for the waiting instance.
    ///   - id: the instance's ID.
    ///   - orchestration: what is started under that ID if there is no such instance.
    ///   - input: its input.
    ///   - ifFinished: what happens if the instance has ended: ``ExistingInstance/ignore`` throws
    ///     ``ClientError/Code/instanceFinished``, ``ExistingInstance/replaceFinished`` starts it anew.
    ///   - tags: free labels of the instance that is started.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Returns: a handle that waits for the result.
    /// - Throws: ``ClientError``.
    @discardableResult
    public func raise<Value, Input, Output>(
        _ event: ExternalEvent<Value>, _ value: Value, to id: String,
        orStart orchestration: Orchestration<Input, Output>, _ input: Input, ifFinished: ExistingInstance = .ignore,
        tags: [String: String] = [:], until: Acknowledgement = .accepted
    ) async throws -> OrchestrationInstance<Output> {
        let payload = try encode { try event.encode(value, with: codec) }
        let start = EventStart(
            name: orchestration.name, input: try encode { try orchestration.encodeInput(input, with: codec) },
            tags: tags, replacesFinished: try replaces(ifFinished))
        try await raise(named: event.name, payload, to: id, orStart: start, until: until, holdLimit: nil)
        return instance(of: orchestration, id: id)
    }

    /// Raises an event by name to an instance, which is started first if it does not exist.
    ///
    /// - Parameters:
    ///   - name: the event's name; it is compared without regard to case.
    ///   - payload: one JSON value.
    ///   - id: the instance's ID.
    ///   - orchestration: the name of the orchestration that is started under that ID.
    ///   - input: its input, one JSON value.
    ///   - ifFinished: what happens if the instance has ended.
    ///   - tags: free labels of the instance that is started.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``.
    public func raise(
        named name: String, _ payload: Payload = .null, to id: String, orStart orchestration: String,
        input: Payload = .null, ifFinished: ExistingInstance = .ignore, tags: [String: String] = [:],
        until: Acknowledgement = .accepted
    ) async throws {
        let start = EventStart(
            name: orchestration, input: input, tags: tags, replacesFinished: try replaces(ifFinished))
        try await raise(named: name, payload, to: id, orStart: start, until: until, holdLimit: nil)
    }

    private func replaces(_ policy: ExistingInstance) throws -> Bool {
        switch policy.policy {
        case .ignore: return false
        case .restart: return true
        case .fail, .replaceAlways, .rejoin, .rewind:
            throw ClientError(
                .invalidArgument,
                "An event that starts its instance goes to one that runs: 'ifFinished' is .ignore or .replaceFinished.")
        }
    }
}
