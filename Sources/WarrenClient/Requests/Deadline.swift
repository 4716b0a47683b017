import Warren

/// Runs a body until a clock's timer ends, then cancels it and throws.
///
/// - Parameters:
///   - timeout: the time limit; `nil` for none.
///   - expired: makes the error to throw at the time limit. The body's error is thrown if it ends first.
package func withDeadline<Value: Sendable>(
    _ timeout: Duration?, clock: any Clock<Duration>, expired: @escaping @Sendable () -> any Error,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard let timeout else { return try await body() }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // At most a hundred years, and no negative time: clocks trap on times beyond their range.
            try await clock.sleep(for: min(max(timeout, .zero), .days(36_525)))
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw expired() }
        return value
    }
}
