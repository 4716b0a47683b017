import AMQPMessages
public import Warren
import WarrenMessaging

/// Starts orchestrations.
extension TaskHubClient {
    /// Starts an orchestration.
    ///
    /// - Parameters:
    ///   - orchestration: the reference with its name and types.
    ///   - input: its input.
    ///   - id: the instance's ID, 1 to 128 bytes without `/ \ # ? *`; random if absent. A start that is repeated with
    ///     the same ID does not run the work twice.
    ///   - ifExists: the policy if an instance of that ID exists already.
    ///   - startAt: the time before which it is not to begin.
    ///   - tags: free labels, inherited by sub-orchestrations.
    ///   - version: the version with which it begins; without one its host chooses its default version, or the newest that is
    ///     registered.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    ///   - awaitingEnd: whether the host is to report the instance's end to this client without being asked. Pass
    ///     `false` if the result is not awaited: it saves the hub a message. The handle can still be waited for; it
    ///     asks then.
    /// - Returns: a handle that waits for the result.
    /// - Throws: ``ClientError``: ``ClientError/Code/unknownOrchestration`` within seconds when no host knows the name.
    public func start<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, id: String? = nil,
        ifExists: ExistingInstance = .ignore, startAt: Timestamp? = nil, tags: [String: String] = [:],
        version: String? = nil, until: Acknowledgement = .accepted, awaitingEnd: Bool = true
    ) async throws -> OrchestrationInstance<Output> {
        let (id, request) = try await start(
            orchestration.name, encode { try orchestration.encodeInput(input, with: codec) }, id: id,
            ifExists: ifExists, startAt: startAt, tags: tags, version: version, until: until, awaitingEnd: awaitingEnd)
        return handle(orchestration, id, request)
    }

    /// Starts an instance of an orchestration without input, as the method with an input does.
    public func start<Output>(
        _ orchestration: Orchestration<Void, Output>, id: String? = nil, ifExists: ExistingInstance = .ignore,
        startAt: Timestamp? = nil, tags: [String: String] = [:], version: String? = nil,
        until: Acknowledgement = .accepted, awaitingEnd: Bool = true
    ) async throws -> OrchestrationInstance<Output> {
        try await start(
            orchestration, (), id: id, ifExists: ifExists, startAt: startAt, tags: tags, version: version, until: until,
            awaitingEnd: awaitingEnd)
    }

    /// Starts an orchestration by name, with an input that is JSON already.
    ///
    /// - Parameters:
    ///   - name: the orchestration's name.
    ///   - input: its input, one JSON value.
    ///   - id: the instance's ID; random if absent.
    ///   - ifExists: the policy if an instance of that ID exists already.
    ///   - startAt: the time before which it is not to begin.
    ///   - tags: free labels, inherited by sub-orchestrations.
    ///   - version: the version with which it begins; without one its host chooses its default version, or the newest that is
    ///     registered.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    ///   - awaitingEnd: whether the host is to report the instance's end to this client without being asked.
    /// - Returns: a handle with the output as JSON as its result.
    /// - Throws: ``ClientError``.
    public func start(
        named name: String, input: Payload = .null, id: String? = nil, ifExists: ExistingInstance = .ignore,
        startAt: Timestamp? = nil, tags: [String: String] = [:], version: String? = nil,
        until: Acknowledgement = .accepted, awaitingEnd: Bool = true
    ) async throws -> OrchestrationInstance<Payload> {
        try await start(
            named: name, input: input, id: id, ifExists: ifExists, startAt: startAt, tags: tags, version: version,
            until: until, awaitingEnd: awaitingEnd, trace: nil)
    }

    /// Starts an orchestration by name, in the trace of the request that asked for it.
    ///
    /// - Parameter trace: that trace; `nil` for the one of the calling task, if there is any.
    package func start(
        named name: String, input: Payload = .null, id: String? = nil, ifExists: ExistingInstance = .ignore,
        startAt: Timestamp? = nil, tags: [String: String] = [:], version: String? = nil,
        until: Acknowledgement = .accepted, awaitingEnd: Bool = true, trace: TraceContext?
    ) async throws -> OrchestrationInstance<Payload> {
        let (id, request) = try await start(
            name, input, id: id, ifExists: ifExists, startAt: startAt, tags: tags, version: version, until: until,
            awaitingEnd: awaitingEnd, trace: trace)
        return OrchestrationInstance(id: id, orchestration: name, client: self, request: request) { $0 }
    }

    /// A handle on an instance that was started elsewhere. Nothing is sent.
    public func instance<Input, Output>(
        of orchestration: Orchestration<Input, Output>, id: String
    ) -> OrchestrationInstance<Output> {
        handle(orchestration, id, nil)
    }

    private func handle<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ id: String, _ request: OpenRequest?
    ) -> OrchestrationInstance<Output> {
        let codec = codec
        return OrchestrationInstance(id: id, orchestration: orchestration.name, client: self, request: request) {
            try orchestration.decodeOutput($0, with: codec)
        }
    }

    /// Encodes a value, and words the error of one that is not JSON.
    func encode(_ value: () throws -> Payload) throws -> Payload {
        do {
            return try value()
        } catch {
            throw ClientError(.invalidArgument, "The value cannot be sent.", cause: error)
        }
    }

    /// Refuses an instance ID that a host would refuse.
    func check(instanceID: String) throws {
        guard WireRules.isInstanceID(instanceID) else {
            throw ClientError(
                .invalidArgument,
                "'\(instanceID)' cannot be an instance ID: 1 to 128 bytes of UTF-8 without control characters and none of "
                    + "/ \\ # ? *, not beginning with '@' or '$'.")
        }
    }

    /// Refuses a name that a host would refuse.
    func check(name: String) throws {
        guard WireRules.isName(name) else {
            throw ClientError(
                .invalidArgument,
                "'\(name)' cannot be a name: 1 to 100 letters, digits, '_', '.' or '-', beginning with a letter or '_'."
            )
        }
    }

    private func start(
        _ name: String, _ input: Payload, id: String?, ifExists: ExistingInstance, startAt: Timestamp?,
        tags: [String: String], version: String?, until: Acknowledgement, awaitingEnd: Bool,
        trace: TraceContext? = nil
    ) async throws -> (id: String, request: OpenRequest?) {
        let instanceID = id ?? randomID()
        try check(name: name)
        try check(instanceID: instanceID)
        if let problem = version.flatMap(OrchestrationVersion.problem) { throw ClientError(.invalidArgument, problem) }
        let input = try await stored(input, for: instanceID)
        return try await RequestSpan.run(
            .start(name), .warren(.orchestration, name: name, instanceID: instanceID), in: trace
        ) { trace in
            let command = StartCommand(
                name: name, instanceID: instanceID, input: input, ifExists: ifExists.policy, startAt: startAt,
                tags: tags, version: version, context: CommandContext(trace: trace))
            return (instanceID, try await start(command, until: until, awaitingEnd: awaitingEnd))
        }
    }

    private func start(
        _ command: StartCommand, until: Acknowledgement, awaitingEnd: Bool
    ) async throws -> OpenRequest? {
        let (name, instanceID) = (command.name, command.instanceID)
        let ids = RequestIDs.random()
        // Requests only answers that a caller can get.
        let wanted: ReplyAddress.Mode =
            switch (until, awaitingEnd) {
            case (.accepted, true): .both
            case (.accepted, false): .accepted
            case (_, true): .completed
            case (_, false): .none
            }
        let message = messages.start(command, reply: wanted, ids: ids)
        if wanted == .none {
            try await send(.start, message)
            return nil
        }

        // 1. Prepares for the answers before anything is sent. If they are lost with a connection, the same start is
        //    sent again, which the host takes once, or the end is asked for.
        let wait = messages.query(.wait(instanceID: instanceID), ids: RequestIDs(correlationID: ids.correlationID))
        var questions: [ReplyRouter.Stage: OutboundMessage] = [:]
        if until == .accepted { questions[.acceptance] = message }
        if awaitingEnd { questions[.outcome] = wait }
        try replies.open(ids.correlationID, questions: questions)
        let request = OpenRequest(ids.correlationID, replies: replies)

        // 2. Sends it, and waits for the requested acknowledgement.
        guard until == .accepted else {
            try await send(.start, message)
            return request
        }
        let answer = try await metrics.measure(.start) {
            try await deadline(timeout, about: " and knows '\(name)'. The instance's ID is '\(instanceID)'.") {
                [self] in
                try await publish(message)
                return try await request.answer(.acceptance)
            }
        }
        if answer.status == .rejected { throw ClientError(rejection: answer) }
        return awaitingEnd ? request : nil
    }
}
