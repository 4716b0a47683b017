import Testing

/// Runs a test's body and then cleans up, whatever became of the body.
///
/// What is done afterwards does not hear of the test's cancellation, so that a test whose time is over leaves the broker
/// as it was, too. If it fails, that is an issue beside the body's own.
package func withCleanUp<Value>(
    _ body: () async throws -> Value, afterwards cleanUp: @escaping @Sendable () async throws -> Void
) async throws -> Value {
    let result: Result<Value, any Error>
    do {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    do {
        try await Task { try await cleanUp() }.value
    } catch {
        Issue.record(error, "Cleaning up after a test failed.")
    }
    return try result.get()
}
