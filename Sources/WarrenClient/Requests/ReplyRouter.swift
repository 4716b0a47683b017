import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Delivers each reply that arrives in the client's reply queue to the callers that wait for it.
final class ReplyRouter: Sendable {
    typealias Stage = PendingRequests<CheckedContinuation<ReplyMessage, any Error>>.Stage

    private typealias Requests = PendingRequests<CheckedContinuation<ReplyMessage, any Error>>

    /// The queue for replies.
    let queue: String

    private let subscription: any MessageSubscription
    private let logger: Logger
    private let requests = Mutex(Requests())

    init(queue: String, subscription: any MessageSubscription, logger: Logger) {
        self.queue = queue
        self.subscription = subscription
        self.logger = logger
    }

    /// The number of requests that are open.
    var count: Int { requests.withLock { $0.count } }

    /// Prepares for the answers to a request, before it is published.
    func open(_ correlationID: String, questions: [Stage: OutboundMessage]) throws {
        try requests.withLock { requests throws(ClientError) in
            try requests.open(correlationID, questions: questions)
        }
    }

    /// Waits for an answer; a cancelled caller returns at once, whatever the request's state.
    func answer(to correlationID: String, _ stage: Stage) async throws -> ReplyMessage {
        let ticket = requests.withLock { $0.issueTicket() }
        defer { requests.withLock { $0.finish(ticket) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                perform(requests.withLock { $0.wait(for: correlationID, stage, ticket: ticket, waiter: continuation) })
            }
        } onCancel: {
            perform(requests.withLock { $0.cancel(ticket, of: correlationID, stage) })
        }
    }

    /// Removes a request; a later answer is ignored.
    func forget(_ correlationID: String) {
        requests.withLock { $0.forget(correlationID) }.forEach(perform)
    }

    /// Handles replies until the subscription ends.
    ///
    /// - Parameter ask: publishes unanswered questions again, after the reply queue was lost with a connection.
    func run(askAgain ask: ([OutboundMessage]) -> Void) async {
        do {
            for try await batch in subscription.batches {
                // The queue ends with its connection. The transport reports a new one with an empty batch.
                if batch.isEmpty {
                    let unanswered = requests.withLock { $0.unanswered() }
                    logger.info("reply queue declared anew", metadata: [LogKey.repeated: "\(unanswered.count)"])
                    ask(unanswered)
                }
                for message in batch { receive(message) }
            }
            close(ClientError(.closed, "The client is closed."))
        } catch {
            // Without its queue the client can never be answered again: waiting callers must get an error now.
            close(ClientError(.closed, "The reply queue '\(queue)' cannot be consumed any more.", cause: error))
        }
    }

    /// Ends the subscription, and with it `run`.
    func stop() async {
        await subscription.close()
        close(ClientError(.closed, "The client is closed."))
    }

    private func receive(_ message: InboundMessage) {
        // Only a peer that breaks the contract sends such a message; the request stays open.
        guard case .success(let answer) = ReplyCodec.decode(message) else {
            logger.warning("reply that cannot be read", metadata: [LogKey.bytes: "\(message.body.count)"])
            return
        }
        requests.withLock { $0.receive(answer) }.forEach(perform)
    }

    private func close(_ error: ClientError) {
        requests.withLock { $0.close(error) }.forEach(perform)
    }

    private func perform(_ action: Requests.Action) {
        switch action {
        case .none: break
        case .resume(let waiters, let result):
            for waiter in waiters { waiter.resume(with: result) }
        }
    }
}
