/// Waits for nothing but the cancellation of its task: what an activity does that never ends by itself.
package func untilCancelled() async throws {
    let (endless, continuation) = AsyncStream<Never>.makeStream()
    defer { continuation.finish() }
    for await _ in endless {}
    try Task.checkCancellation()
}
