import Synchronization

/// Where one task waits for one answer that another thread gives.
///
/// Waiting ends early when the task is cancelled; an answer that comes later is dropped.
final class ReplySlot<Value: Sendable>: Sendable {
    private let machine = Mutex(ReplySlotMachine<Value, CheckedContinuation<Value, any Error>>())

    /// Gives the answer. Only the first one counts.
    func fulfil(_ result: Result<Value, any Error>) {
        let action = machine.withLock { $0.fulfil(result) }
        if case .resume(let continuation, let result) = action { continuation.resume(with: result) }
    }

    /// Waits for the answer. To be called once.
    ///
    /// - Throws: the error that was given, or `CancellationError` when the task is cancelled first.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let action = machine.withLock { $0.wait(continuation) }
                if case .resume(let continuation, let result) = action { continuation.resume(with: result) }
            }
        } onCancel: {
            let action = machine.withLock { $0.cancel() }
            if case .resume(let continuation, let result) = action { continuation.resume(with: result) }
        }
    }
}
