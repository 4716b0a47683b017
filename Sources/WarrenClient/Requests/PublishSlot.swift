import Synchronization
import WarrenMessaging

/// Awaits the outcome of one publish: a three-state slot, so that a cancelled caller leaves at once and the outcome
/// that comes later meets nobody.
final class PublishSlot: Sendable {
    private enum State {
        case initialised
        case pending(CheckedContinuation<PublishOutcome, any Error>)
        case settled(Result<PublishOutcome, any Error>)
    }

    private let state = Mutex(State.initialised)

    /// Publishes one message and waits for what becomes of it.
    static func publish(_ message: OutboundMessage, over transport: any MessageTransport) async throws -> PublishOutcome {
        let slot = PublishSlot()
        transport.publish([message]) { outcomes in
            slot.settle(.success(outcomes.first ?? .unknown(reason: "the transport named no outcome")))
        }
        return try await slot.outcome()
    }

    private func outcome() async throws -> PublishOutcome {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled: Result<PublishOutcome, any Error>? = state.withLock { state in
                    if case .settled(let result) = state { return result }
                    state = .pending(continuation)
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            settle(.failure(CancellationError()))
        }
    }

    private func settle(_ result: Result<PublishOutcome, any Error>) {
        let waiter: CheckedContinuation<PublishOutcome, any Error>? = state.withLock { state in
            switch state {
            case .initialised:
                state = .settled(result)
                return nil
            case .pending(let continuation):
                state = .settled(result)
                return continuation
            case .settled:
                return nil
            }
        }
        waiter?.resume(with: result)
    }
}
