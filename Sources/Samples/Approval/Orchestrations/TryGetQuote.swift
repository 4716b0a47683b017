import Warren

/// A timeout for an activity: whether the quote came within 30 seconds.
///
/// An activity cannot be taken back. A late one goes on, and the instance ends when it is done.
func tryGetQuote(_ context: OrchestrationContext) async throws -> Bool {
    let quote = context.start(Proposals.getQuote)
    let timeout = context.startTimer(for: .seconds(30))
    guard try await context.any(quote, timeout) == quote else { return false }
    timeout.cancel()
    return true
}
