public import Warren
import WarrenMessaging

/// Asking after one instance.
extension TaskHubClient {
    /// Where an instance stands.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - includeHistory: whether to give the present generation's events too.
    ///   - timeout: how long to wait for the answer; the client's ``timeout`` if absent.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``.
    public func status(
        of id: String, includeHistory: Bool = false, timeout: Duration? = nil
    ) async throws -> OrchestrationStatus? {
        try check(instanceID: id)
        let ids = RequestIDs.random()
        let question = messages.query(.status(instanceID: id, includeHistory: includeHistory), ids: ids)
        let answer = try await ask(question, ids, timeout: timeout)
        do {
            return try answer.status(of: id)
        } catch let error as ClientError where error.code == .instanceNotFound {
            return nil
        }
    }

    /// Waits until an instance has ended. Nothing polls: the host answers when it ends.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - timeout: how long to wait; by default as long as it takes.
    /// - Returns: the instance as it ended, whether it completed or not.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` when the time was up first,
    ///   ``ClientError/Code/instanceNotFound`` when there is no such instance.
    public func wait(for id: String, timeout: Duration? = nil) async throws -> OrchestrationStatus {
        let answer = try await outcome(of: id, request: nil, timeout: timeout)
        if answer.status == .rejected { throw ClientError(rejection: answer) }
        if answer.status == .answered { return try answer.status(of: id) }
        guard let status = try await status(of: id) else {
            throw ClientError(
                .instanceNotFound, "Instance '\(id)' ended and is gone: it was purged or replaced meanwhile.")
        }
        return status
    }

    /// Waits until an instance has ended, and gives its output as JSON.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - timeout: how long to wait; by default as long as it takes.
    /// - Throws: ``OrchestrationFailure`` when the instance failed or was terminated; ``ClientError``.
    public func output(of id: String, timeout: Duration? = nil) async throws -> Payload {
        try await output(of: id, request: nil, timeout: timeout)
    }

    /// The output of an instance once it has completed.
    func output(of id: String, request: OpenRequest?, timeout: Duration?) async throws -> Payload {
        let answer = try await outcome(of: id, request: request, timeout: timeout)
        return try answer.output(of: id)
    }

    private func outcome(of id: String, request: OpenRequest?, timeout: Duration?) async throws -> ReplyMessage {
        let expired: @Sendable () -> any Error = {
            ClientError(.timedOut, "Instance '\(id)' did not end within \(timeout ?? .zero). It goes on.")
        }
        if let request {
            return try await withDeadline(timeout, clock: clock, expired: expired) {
                try await request.answer(.outcome)
            }
        }
        try check(instanceID: id)
        let ids = RequestIDs.random()
        let question = messages.query(.wait(instanceID: id), ids: ids)
        return try await withDeadline(timeout, clock: clock, expired: expired) { [self] in
            // No deadline of its own: the answer comes when the instance ends.
            try replies.open(ids.correlationID, questions: [.outcome: question])
            defer { replies.forget(ids.correlationID) }
            try await publish(question)
            return try await replies.answer(to: ids.correlationID, .outcome)
        }
    }
}
