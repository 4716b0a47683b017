import Synchronization

/// A value that is set once and awaited by any number of tasks.
///
/// With a `Result` as its value it is the answer to a request: see `fulfil` and `answer`.
package final class OneShot<Value: Sendable>: Sendable {
    private let machine = Mutex(OneShotMachine<Value, UnsafeContinuation<Value, Never>>())

    package init() {}

    /// Sets the value, unless it is set.
    package func set(_ value: Value) {
        let waiting = machine.withLock { $0.set(value) }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// The value, once it is set. Cancellation does not end the wait: the value must be set eventually.
    package var value: Value {
        get async {
            await withUnsafeContinuation { continuation in
                if let value = machine.withLock({ $0.wait(continuation) }) { continuation.resume(returning: value) }
            }
        }
    }
}

extension OneShot {
    /// Sets the answer. Only the first one counts.
    package func fulfil<Success>(_ result: Result<Success, any Error>) where Value == Result<Success, any Error> {
        set(result)
    }

    /// Waits for the answer. The wait ends early when the task is cancelled: a later answer is dropped.
    ///
    /// Cancellation counts as the answer, so only one task may wait for a slot in this way.
    ///
    /// - Throws: the error of the answer, or `CancellationError` when the task is cancelled before there is an answer.
    package func answer<Success>() async throws -> Success where Value == Result<Success, any Error> {
        try await withTaskCancellationHandler {
            try await value.get()
        } onCancel: {
            set(.failure(CancellationError()))
        }
    }
}
