import Warren

/// Durable HTTP: calls a web service, tries again while it is busy, and waits for work that it answers with 202.
func callService(_ context: OrchestrationContext, _ url: String) async throws -> String {
    let answer = try await context.callHTTP(
        DurableHTTPRequest(url), retry: DurableHTTPRetry(RetryPolicy(maxAttempts: 3), statuses: [429, 503]))
    return "\(answer.status): \(answer.body.text?.prefix(200) ?? "no text")"
}
