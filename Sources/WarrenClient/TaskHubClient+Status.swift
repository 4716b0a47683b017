import AMQPMessages
public import Warren
import WarrenMessaging
import WarrenSupport

/// Asks about one instance.
extension TaskHubClient {
    /// The status of an instance.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - includeHistory: whether to include the present generation's events: 32 MiB of them at the most;
    ///     `OrchestrationStatus.historyNext` is set if there are more.
    ///   - timeout: the time to wait for the answer; the client's ``timeout`` if absent.
    /// - Returns: `nil` if the hub has no such instance.
    /// - Throws: ``ClientError``.
    public func status(
        of id: String, includeHistory: Bool = false, timeout: Duration? = nil
    ) async throws -> OrchestrationStatus? {
        try check(instanceID: id)
        let from = try await part(of: id, includeHistory, from: nil, timeout)
        guard includeHistory, let first = from, first.historyNext != nil else { return from }
        return try await whole(first, timeout)
    }

    /// Reads the rest of a history that is longer than one answer holds.
    ///
    /// An execution's history only grows, so its parts fit together; all other members are as of the last part. If the
    /// instance continues as new meanwhile, reading starts again.
    private func whole(_ first: OrchestrationStatus, _ timeout: Duration?) async throws -> OrchestrationStatus? {
        var first = first
        for _ in 0..<3 {
            var history = first.history ?? []
            var bytes = history.reduce(0) { $0 + $1.bytes.count }
            var status = first
            while let next = status.historyNext, bytes < Self.historyBytes {
                guard let part = try await part(of: first.instanceID, true, from: next, timeout) else { return nil }
                status = part
                guard part.executionID == first.executionID else { break }
                history += part.history ?? []
                bytes += part.history?.reduce(0) { $0 + $1.bytes.count } ?? 0
            }
            if status.executionID == first.executionID {
                status.history = history
                return status
            }
            guard let again = try await part(of: first.instanceID, true, from: nil, timeout) else { return nil }
            first = again
        }
        // It continues as new faster than it can be read: the content of one answer is of one moment.
        return first
    }

    /// - Parameter watch: lets the host answer later, once there are events behind `from`.
    func part(
        of id: String, _ includeHistory: Bool, from: String?, _ timeout: Duration?, watch: HistoryWatch? = nil
    ) async throws -> OrchestrationStatus? {
        let ids = RequestIDs.random()
        let question = messages.query(
            .status(instanceID: id, includeHistory: includeHistory), historyFrom: from, watch: watch, ids: ids)
        let answer = try await ask(.status, question, ids, timeout: timeout)
        do {
            return try await whole(answer.status(of: id))
        } catch let error as ClientError where error.code == .instanceNotFound {
            return nil
        }
    }

    /// The maximum size of a collected history, in bytes; `OrchestrationStatus.historyNext` is set if there is more.
    private static let historyBytes = 32 << 20

    /// Waits until an instance has ended, without polling: the host answers when it ends.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - timeout: the time limit; by default none.
    /// - Returns: the ended instance, whether it completed or not.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` when the time limit was reached first,
    ///   ``ClientError/Code/instanceNotFound`` when there is no such instance.
    public func wait(for id: String, timeout: Duration? = nil) async throws -> OrchestrationStatus {
        let answer = try await outcome(of: id, request: nil, timeout: timeout)
        if answer.status == .rejected { throw ClientError(rejection: answer) }
        if answer.status == .answered { return try await whole(answer.status(of: id)) }
        guard let status = try await status(of: id) else {
            throw ClientError(
                .instanceNotFound, "Instance '\(id)' ended and is gone: it was purged or replaced meanwhile.")
        }
        return status
    }

    /// Waits until an instance has ended, and returns its output as JSON.
    ///
    /// - Parameters:
    ///   - id: the instance's ID.
    ///   - timeout: the time limit; by default none.
    /// - Throws: ``OrchestrationFailure`` when the instance failed or was terminated; ``ClientError``.
    public func output(of id: String, timeout: Duration? = nil) async throws -> Payload {
        try await output(of: id, request: nil, timeout: timeout)
    }

    /// The output of an instance once it has completed.
    func output(of id: String, request: OpenRequest?, timeout: Duration?) async throws -> Payload {
        let answer = try await outcome(of: id, request: request, timeout: timeout)
        return try await whole(output: answer.output(of: id), of: id)
    }

    private func answer(to question: OutboundMessage, _ ids: RequestIDs) async throws -> ReplyMessage {
        try replies.open(ids.correlationID, questions: [.outcome: question])
        defer { replies.forget(ids.correlationID) }
        try await publish(question)
        return try await replies.answer(to: ids.correlationID, .outcome)
    }

    private func outcome(of id: String, request: OpenRequest?, timeout: Duration?) async throws -> ReplyMessage {
        let expired: @Sendable () -> any Error = {
            ClientError(.timedOut, "Instance '\(id)' did not end within \(timeout ?? .zero). It goes on.")
        }
        if let request {
            let answer = try await metrics.measure(.wait) {
                try await withDeadline(timeout, clock: clock, expired: expired) {
                    try await request.answer(.outcome)
                }
            }
            guard answer.status == .rejected, ReplyCodec.refusal(of: answer)?.reason == .overloaded else {
                return answer
            }
        }
        try check(instanceID: id)
        let ids = RequestIDs.random()
        let question = messages.query(.wait(instanceID: id), ids: ids)
        return try await metrics.measure(.wait) {
            try await withDeadline(timeout, clock: clock, expired: expired) { [self] in
                // The request has no deadline of its own: the answer arrives when the instance ends.
                var backoff = Backoff(first: .milliseconds(500), ceiling: .seconds(30), jitter: 0.5...1)
                while true {
                    let answer = try await answer(to: question, ids)
                    guard answer.status == .rejected, ReplyCodec.refusal(of: answer)?.reason == .overloaded else {
                        return answer
                    }
                    // More callers wait than the host keeps: asking again, at growing intervals, is waiting as well.
                    try await clock.sleep(for: backoff.next())
                }
            }
        }
    }
}
