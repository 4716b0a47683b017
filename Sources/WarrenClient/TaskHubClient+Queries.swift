public import Warren
import WarrenMessaging
import WarrenSupport

/// Asks running orchestrators about their state, and changes it.
extension TaskHubClient {
    // MARK: - Queries

    /// Asks an orchestrator about its state. The answer is from memory, or from a replay of the history; an instance that
    /// has ended answers as well, as long as the hub has its history.
    ///
    /// - Parameters:
    ///   - query: the reference with its name and types.
    ///   - input: the value for the handler.
    ///   - id: the instance's ID.
    ///   - timeout: the time to wait for the answer; the client's ``timeout`` if absent.
    /// - Throws: ``HandlerFailure`` if the handler failed; ``ClientError``, for example with
    ///   ``ClientError/Code/unknownHandler`` if the orchestrator answers no query of the name.
    public func query<Input, Output>(
        _ query: Query<Input, Output>, _ input: Input, of id: String, timeout: Duration? = nil
    ) async throws -> Output {
        let payload = try encode { try query.handler.input.encode(input, codec) }
        let answer = try await self.query(named: query.name, payload, of: id, timeout: timeout)
        return try decode(answer, query.name, query.handler.output)
    }

    /// Asks an orchestrator about its state, without an input; see ``query(_:_:of:timeout:)``.
    public func query<Output>(
        _ query: Query<Void, Output>, of id: String, timeout: Duration? = nil
    ) async throws -> Output {
        try await self.query(query, (), of: id, timeout: timeout)
    }

    /// Asks an orchestrator about its state, by the name of the query, with an input that is JSON already; see
    /// ``query(_:_:of:timeout:)``.
    ///
    /// - Parameters:
    ///   - name: the query's name.
    ///   - input: one JSON value.
    ///   - id: the instance's ID.
    ///   - timeout: the time to wait for the answer; the client's ``timeout`` if absent.
    public func query(
        named name: String, _ input: Payload = .null, of id: String, timeout: Duration? = nil
    ) async throws -> Payload {
        try check(instanceID: id)
        try check(name: name)
        let ids = RequestIDs.random()
        let question = messages.query(
            .state(instanceID: id, StateQuestion(name: name, input: input)), ids: ids)
        return try await ask(.query, question, ids, timeout: timeout).result(of: name, id)
    }

    // MARK: - Updates

    /// Sends an update to an orchestrator, and waits for its result. The update is recorded before it is answered, and it
    /// takes effect once.
    ///
    /// - Parameters:
    ///   - update: the reference with its name and types.
    ///   - input: the value for the handler.
    ///   - id: the instance's ID.
    ///   - updateID: the ID by which the hub recognises a repeated call: give the same one to repeat a call that
    ///     ``ClientError/Code/timedOut`` ended, and a different one for every update, also after a refusal: refusals are
    ///     for good. By default a new one.
    ///   - timeout: the time to wait for the result; the client's ``timeout`` if absent.
    /// - Throws: ``HandlerFailure`` if the handler failed: the update took effect; ``ClientError`` with
    ///   ``ClientError/Code/updateRefused`` if the validator refused it, with ``ClientError/Code/unknownHandler`` if the
    ///   orchestrator did not begin to take updates of the name in time, and others: nothing is recorded then.
    public func update<Input, Output>(
        _ update: Update<Input, Output>, _ input: Input, of id: String, updateID: String? = nil,
        timeout: Duration? = nil
    ) async throws -> Output {
        let payload = try encode { try update.handler.input.encode(input, codec) }
        let answer = try await self.update(
            named: update.name, payload, of: id, updateID: updateID, timeout: timeout)
        return try decode(answer, update.name, update.handler.output)
    }

    /// Sends an update without an input; see ``update(_:_:of:updateID:timeout:)``.
    @discardableResult
    public func update<Output>(
        _ update: Update<Void, Output>, of id: String, updateID: String? = nil, timeout: Duration? = nil
    ) async throws -> Output {
        try await self.update(update, (), of: id, updateID: updateID, timeout: timeout)
    }

    /// Sends an update by its name, with an input that is JSON already; see ``update(_:_:of:updateID:timeout:)``.
    ///
    /// - Parameters:
    ///   - name: the update's name.
    ///   - input: one JSON value.
    ///   - id: the instance's ID.
    ///   - updateID: the ID by which the hub recognises a repeated call; by default a new one.
    ///   - timeout: the time to wait for the result; the client's ``timeout`` if absent.
    @discardableResult
    public func update(
        named name: String, _ input: Payload = .null, of id: String, updateID: String? = nil,
        timeout: Duration? = nil
    ) async throws -> Payload {
        try check(instanceID: id)
        try check(name: name)
        var ids = RequestIDs.random()
        if let updateID {
            guard (1...128).contains(updateID.utf8.count), !NameRules.hasControlCharacter(updateID) else {
                throw ClientError(
                    .invalidArgument, "An update's ID has 1 to 128 bytes of UTF-8 without control characters.")
            }
            ids.messageID = updateID
        }
        let message = messages.update(UpdateCommand(instanceID: id, name: name, input: input), ids: ids)
        return try await ask(.update, message, ids, timeout: timeout).result(of: name, id)
    }

    private func decode<Value>(_ payload: Payload, _ name: String, _ coder: PayloadCoder<Value>) throws -> Value {
        do {
            return try coder.decode(payload, codec)
        } catch {
            throw ClientError(
                .invalidReply, "The result of '\(name)' is not the \(Value.self) that the reference says.", cause: error
            )
        }
    }
}

extension OrchestrationInstance {
    /// Asks the orchestrator about its state; see ``TaskHubClient/query(_:_:of:timeout:)``.
    public func query<Input, Result>(
        _ query: Query<Input, Result>, _ input: Input, timeout: Duration? = nil
    ) async throws -> Result {
        try await client.query(query, input, of: id, timeout: timeout)
    }

    /// Asks the orchestrator about its state, without an input; see ``TaskHubClient/query(_:_:of:timeout:)``.
    public func query<Result>(_ query: Query<Void, Result>, timeout: Duration? = nil) async throws -> Result {
        try await client.query(query, of: id, timeout: timeout)
    }

    /// Sends an update, and waits for its result; see ``TaskHubClient/update(_:_:of:updateID:timeout:)``.
    @discardableResult
    public func update<Input, Result>(
        _ update: Update<Input, Result>, _ input: Input, updateID: String? = nil, timeout: Duration? = nil
    ) async throws -> Result {
        try await client.update(update, input, of: id, updateID: updateID, timeout: timeout)
    }

    /// Sends an update without an input; see ``TaskHubClient/update(_:_:of:updateID:timeout:)``.
    @discardableResult
    public func update<Result>(
        _ update: Update<Void, Result>, updateID: String? = nil, timeout: Duration? = nil
    ) async throws -> Result {
        try await client.update(update, of: id, updateID: updateID, timeout: timeout)
    }
}
