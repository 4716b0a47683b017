package import Testing

/// Waits for what a callback tells.
///
/// - Parameter begin: is given the callback, and returns without waiting for it.
/// - Throws: `NeverCame` when the test is cancelled first.
package func untilKnown<Value: Sendable>(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ begin: (_ tell: @escaping @Sendable (Value) -> Void) -> Void
) async throws -> Value {
    let answer = Watched<Value?>(nil)
    begin { value in answer.change { $0 = value } }
    return try await answer.wait(for: what, sourceLocation: sourceLocation) { $0 }
}

/// Waits for something that does not listen to cancellation itself, such as the end of another task. When the test is
/// cancelled, it is left to itself.
package func untilDone<Value: Sendable>(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let outcome: Result<Value, any Error> = try await untilKnown(what, sourceLocation: sourceLocation) { tell in
        Task {
            do {
                tell(.success(try await body()))
            } catch {
                tell(.failure(error))
            }
        }
    }
    return try outcome.get()
}

extension Task {
    /// Its value, unless the test is cancelled first: `value` waits for the task whatever becomes of the one that asks.
    package func ended(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Success {
        try await untilDone("a task to end", sourceLocation: sourceLocation) { try await self.value }
    }
}

/// Looks again and again, until something is as it should be that tells nobody of its changes.
///
/// - Throws: `NeverCame` when the test is cancelled first.
package func untilSeen(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isThere: () async throws -> Bool
) async throws {
    while try await !isThere() {
        if Task.isCancelled { throw NeverCame(what: what, state: "", sourceLocation: sourceLocation) }
        await Task.yield()
    }
}
