import Warren

/// Long activity: one that goes on where it was when it is tried again, and that is given up when nothing is heard of it.
func copyTable(_ context: OrchestrationContext, _ job: CopyJob) async throws -> String {
    try await context.call(
        Patterns.copyRows, job, retry: RetryPolicy(maxAttempts: 5, firstInterval: .seconds(10)),
        timeout: ActivityTimeouts(heartbeat: .seconds(30), total: .hours(6)))
}
