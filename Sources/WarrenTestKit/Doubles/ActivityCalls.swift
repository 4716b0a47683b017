import Synchronization
public import Warren

/// The calls that an activity of a test hub has had, in the order in which they began.
///
/// A call that runs again, after a failure under its retry policy or after a crash, is another one here.
public final class ActivityCalls<Input: Sendable, Output: Sendable>: Sendable {
    /// One run of the activity.
    public struct Call: Sendable {
        /// The input.
        public var input: Input
        /// The facts that the body had: caller, attempt, idempotency key.
        public var context: ActivityContext
        /// The result, or the error; `nil` while it runs.
        public var outcome: Result<Output, any Error>?
    }

    private let state = Mutex<[Call]>([])

    init() {}

    /// The calls so far.
    public var all: [Call] { state.withLock { $0 } }

    /// The inputs of the calls so far.
    public var inputs: [Input] { state.withLock { $0.map(\.input) } }

    /// The number of calls so far.
    public var count: Int { state.withLock { $0.count } }

    /// Records a call while `body` runs.
    func record(
        _ input: Input, _ context: ActivityContext, _ body: () async throws -> Output
    ) async throws -> Output {
        let index = state.withLock { calls in
            calls.append(Call(input: input, context: context))
            return calls.count - 1
        }
        do {
            let output = try await body()
            state.withLock { $0[index].outcome = .success(output) }
            return output
        } catch {
            state.withLock { $0[index].outcome = .failure(error) }
            throw error
        }
    }
}
