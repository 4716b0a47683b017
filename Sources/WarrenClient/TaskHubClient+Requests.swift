import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Publishes requests and waits for their answers.
extension TaskHubClient {
    /// Publishes a message until the broker confirms it: again with the same message ID while its outcome is unknown.
    func publish(_ message: OutboundMessage) async throws {
        var backoff = Backoff(first: .milliseconds(100), ceiling: .seconds(5), jitter: 0.5...1)
        var refusals = 0
        while true {
            switch try await outcome(of: message).verdict {
            case .confirmed:
                return
            case .missing(let code, let text):
                throw noTaskHub(detail: "\(text) (\(code))")
            case .tooLarge(let bytes, let limit):
                throw ClientError(
                    .invalidArgument,
                    "The message's body has \(bytes) bytes; at most \(limit) are sent. Store large data elsewhere "
                        + "and send a reference.")
            case .denied(let text):
                throw ClientError(
                    .unreachable,
                    "The broker does not let this user publish to exchange '\(message.exchange)'. Grant it with "
                        + "rabbitmqctl set_permissions. The broker says: \(text)")
            case .invalid(_, let text):
                throw ClientError(.invalidArgument, "The message cannot be sent: \(text)")
            case .full:
                // A full queue may drain; a broken one will not, so there are few attempts.
                refusals += 1
                if refusals == 4 {
                    throw ClientError(
                        .overloaded,
                        "The broker refuses messages to exchange '\(message.exchange)'. See whether a queue of hub "
                            + "'\(hub)' is full or has lost its majority.")
                }
            case .unconfirmed(let patience):
                refusals += 1
                if refusals == 4 {
                    throw ClientError(
                        .overloaded,
                        "The broker has not taken a message to exchange '\(message.exchange)' in \(refusals) attempts, and "
                            + "did not answer the last one for \(patience). It may have arrived; to send it again does "
                            + "no harm. See whether a queue of hub '\(hub)' has lost its majority.")
                }
            case .unknown(let reason):
                // Such a refusal ends the channel, and with it other messages in flight: it concerns only the exchange
                // that it names.
                if reason.contains("ACCESS_REFUSED"), reason.contains("'\(message.exchange)'") {
                    throw ClientError(
                        .unreachable,
                        "The broker does not let this user publish to exchange '\(message.exchange)'. Grant it with "
                            + "rabbitmqctl set_permissions. The broker says: \(reason)")
                }
                logger.debug("publish not confirmed, repeating", metadata: [LogKey.reason: "\(reason)"])
            }
            try await clock.sleep(for: backoff.next())
        }
    }

    /// Sends a request and waits for one answer to it.
    ///
    /// - Parameters:
    ///   - kind: for metrics.
    ///   - request: the message.
    ///   - ids: its IDs; the answer carries the correlation ID.
    ///   - stage: the awaited answer.
    ///   - timeout: `nil` for the client's own.
    func ask(
        _ kind: RequestKind, _ request: OutboundMessage, _ ids: RequestIDs, stage: ReplyRouter.Stage = .outcome,
        timeout: Duration? = nil
    ) async throws -> ReplyMessage {
        // The time lets a host distinguish a repeated question from one with a waiting caller.
        let question = request.published(at: Timestamp(Date()))
        try replies.open(ids.correlationID, questions: [stage: question])
        defer { replies.forget(ids.correlationID) }
        return try await metrics.measure(kind) {
            try await deadline(timeout ?? self.timeout) { [self] in
                try await publish(question)
                return try await replies.answer(to: ids.correlationID, stage)
            }
        }
    }

    /// Sends a message without an answer, and waits until the broker has it.
    func send(_ kind: RequestKind, _ message: OutboundMessage) async throws {
        let hub = hub
        let transport = transport
        try await metrics.measure(kind) {
            try await withDeadline(timeout, clock: clock) {
                if let reason = transport.blockedReason { return Self.blocked(hub, reason) }
                return ClientError(
                    .unconfirmed,
                    "The broker did not confirm the message to hub '\(hub)' in time; it may have it or not. Repeating "
                        + "the call sends another message.")
            } _: { [self] in
                try await publish(message)
            }
        }
    }

    /// Publishes questions again for which answers may have been lost. It does not wait for answers: the callers are
    /// waiting already, with a deadline or cancellation of their own.
    func publishAgain(_ questions: [OutboundMessage]) {
        guard !questions.isEmpty else { return }
        let logger = logger
        transport.publish(questions) { outcomes in
            let lost = outcomes.count { $0 != .confirmed }
            if lost > 0 {
                logger.warning("questions not confirmed when asked again", metadata: [LogKey.count: "\(lost)"])
            }
        }
    }

    func deadline<Value: Sendable>(
        _ timeout: Duration?, about detail: String = ".", _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let hub = hub
        let transport = transport
        return try await withDeadline(timeout, clock: clock) {
            if let reason = transport.blockedReason { return Self.blocked(hub, reason) }
            return ClientError(
                .timedOut,
                "No host of hub '\(hub)' answered within \(timeout ?? .zero). If the broker confirmed the message, it is "
                    + "safe in the hub's queue: see whether a host with the orchestrator role is running"
                    + detail)
        } _: {
            try await body()
        }
    }

    /// The error for a broker in an alarm.
    private static func blocked(_ hub: String, _ reason: String) -> ClientError {
        ClientError(
            .overloaded,
            "The broker of hub '\(hub)' takes no messages: it is in an alarm (\(reason)). Free memory or disk space on its "
                + "machine, or raise its limits; 'rabbitmqctl status' shows which alarm it is. The message may still "
                + "arrive when the alarm is over: repeat the call with the same instance ID.")
    }

    func noTaskHub(detail: String) -> ClientError {
        ClientError(
            .noTaskHub,
            "There is no task hub '\(hub)' on this broker: start a host, or run 'warren hub create --hub \(hub)'. "
                + "The broker says: \(detail)")
    }

    /// Publishes a message once. A cancelled caller returns at once, and the outcome is dropped.
    private func outcome(of message: OutboundMessage) async throws -> PublishOutcome {
        let slot = OneShot<Result<PublishOutcome, any Error>>()
        transport.publish([message]) { outcomes in
            slot.fulfil(.success(outcomes.first ?? .unknown(reason: "the transport named no outcome")))
        }
        return try await slot.answer()
    }
}
