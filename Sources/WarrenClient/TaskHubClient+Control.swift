import AMQPMessages
import Tracing
public import Warren
package import WarrenMessaging

/// Sends events and control messages.
extension TaskHubClient {
    /// Raises an event to an instance, which takes it when it waits for one of that name, now or later.
    ///
    /// - Parameters:
    ///   - event: the reference with its name and type.
    ///   - value: the value for the waiting instance.
    ///   - id: the instance's ID.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``, for example with ``ClientError/Code/instanceFinished``.
    public func raise<Value>(
        _ event: ExternalEvent<Value>, _ value: Value, to id: String, until: Acknowledgement = .accepted
    ) async throws {
        let payload = try encode { try event.encode(value, with: codec) }
        try await raise(named: event.name, payload, to: id, until: until)
    }

    /// Raises an event by name, with a payload that is JSON already.
    ///
    /// - Parameters:
    ///   - name: the event's name; it is compared without regard to case.
    ///   - payload: one JSON value.
    ///   - id: the instance's ID.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``, for example with ``ClientError/Code/instanceFinished``.
    public func raise(
        named name: String, _ payload: Payload = .null, to id: String, until: Acknowledgement = .accepted
    ) async throws {
        try await raise(named: name, payload, to: id, until: until, holdLimit: nil)
    }

    /// Raises an event by name.
    ///
    /// - Parameters:
    ///   - holdLimit: the time for which the host may hold it for an instance that it does not know, before it refuses
    ///     it; `nil` for this client's own limit.
    ///   - trace: the trace of the request that raises it; `nil` for the one of the calling task, if there is any.
    package func raise(
        named name: String, _ payload: Payload, to id: String, orStart start: EventStart? = nil,
        until: Acknowledgement = .accepted, holdLimit: Duration?, trace: TraceContext? = nil
    ) async throws {
        try check(instanceID: id)
        if let start { try check(name: start.name) }
        guard WireRules.isEventName(name) else {
            throw ClientError(
                .invalidArgument,
                "'\(name)' cannot name an event: 1 to 100 bytes of UTF-8 without control characters and '/'.")
        }
        let payload = try await stored(payload, for: id)
        var start = start
        if let input = start?.input { start?.input = try await stored(input, for: id) }
        let first = start
        var attributes: SpanAttributes {
            var attributes = SpanAttributes.warren(.event, name: name)
            attributes.set(target: id)
            return attributes
        }
        try await RequestSpan.run(.event(name), attributes, in: trace) { trace in
            let command = RaiseCommand(
                instanceID: id, eventName: name, payload: payload, start: first,
                context: CommandContext(trace: trace))
            try await deliver(.raise, until) { messages.raise(command, reply: $0, ids: $1, holdLimit: holdLimit) }
        }
    }

    /// Terminates an instance. Its activities continue to their end, and so do its sub-orchestrations unless `recursive`
    /// is set; their results are not used.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - reason: becomes the instance's output.
    ///   - recursive: whether the sub-orchestrations that it waits for are terminated with it, and theirs. The message
    ///     reaches them after this call has returned.
    ///   - until: when to return: accepted by the host, or confirmed by the broker only.
    /// - Throws: ``ClientError``, for example with ``ClientError/Code/instanceNotFound``.
    public func terminate(
        _ id: String, reason: String? = nil, recursive: Bool = false, until: Acknowledgement = .accepted
    ) async throws {
        try await control(.init(instanceID: id, verb: .terminate, reason: reason, isRecursive: recursive), until)
    }

    /// Suspends an instance: messages that arrive are kept until it is resumed. Parameters and errors as for
    /// ``terminate(_:reason:recursive:until:)``; the reason is recorded in the history.
    public func suspend(
        _ id: String, reason: String? = nil, recursive: Bool = false, until: Acknowledgement = .accepted
    ) async throws {
        try await control(.init(instanceID: id, verb: .suspend, reason: reason, isRecursive: recursive), until)
    }

    /// Resumes a suspended instance with the messages that were kept for it. Parameters and errors as for
    /// ``terminate(_:reason:recursive:until:)``; the reason is recorded in the history.
    public func resume(
        _ id: String, reason: String? = nil, recursive: Bool = false, until: Acknowledgement = .accepted
    ) async throws {
        try await control(.init(instanceID: id, verb: .resume, reason: reason, isRecursive: recursive), until)
    }

    /// Suspends an instance, and returns its status if that changes nothing: it is suspended already.
    package func suspendIfOpen(_ id: String, reason: String?, recursive: Bool = false) async throws -> RuntimeStatus? {
        try await control(.init(instanceID: id, verb: .suspend, reason: reason, isRecursive: recursive), .accepted)
            .flatMap(ReplyCodec.unchangedStatus)
    }

    /// Resumes an instance, and returns its status if that changes nothing: it is not suspended.
    package func resumeIfSuspended(
        _ id: String, reason: String?, recursive: Bool = false
    ) async throws -> RuntimeStatus? {
        try await control(.init(instanceID: id, verb: .resume, reason: reason, isRecursive: recursive), .accepted)
            .flatMap(ReplyCodec.unchangedStatus)
    }

    @discardableResult
    func control(_ command: ControlCommand, _ until: Acknowledgement) async throws -> ReplyMessage? {
        try check(instanceID: command.instanceID)
        return try await deliver(.control, until) { messages.control(command, reply: $0, ids: $1) }
    }

    /// Sends a message, and returns the host's answer if it is awaited.
    @discardableResult
    func deliver(
        _ kind: RequestKind, _ until: Acknowledgement, _ message: (ReplyAddress.Mode, RequestIDs) -> OutboundMessage
    ) async throws -> ReplyMessage? {
        let ids = RequestIDs.random()
        guard until == .accepted else {
            try await send(kind, message(.none, ids))
            return nil
        }
        let answer = try await ask(kind, message(.accepted, ids), ids, stage: .acceptance)
        if answer.status == .rejected { throw ClientError(rejection: answer) }
        return answer
    }
}
