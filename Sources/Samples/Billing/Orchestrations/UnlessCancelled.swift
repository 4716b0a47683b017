import Warren

/// What the customer said when cancelling.
struct Cancellation: Sendable {
    var words: String?
}

/// How something ended that the customer may cut short.
enum Interruptible<Value: Sendable>: Sendable {
    case ended(Value)
    case cancelled(Cancellation)
}

/// Does something, unless the customer cancels before it is done: whatever it waits for then is given up.
func unlessCancelled<Value: Sendable>(
    _ context: OrchestrationContext, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Interruptible<Value> {
    try await withThrowingTaskGroup(of: Interruptible<Value>.self) { race in
        race.addTask { .ended(try await body()) }
        race.addTask { .cancelled(Cancellation(words: try await context.wait(for: Subscriptions.cancel))) }
        // The loser is cancelled, and the group waits until it has let go.
        defer { race.cancelAll() }
        guard let first = try await race.next() else { throw CancellationError() }
        return first
    }
}
