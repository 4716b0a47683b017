import Warren

/// Durable timers: ten days, during which nothing runs and nothing is held.
func reminder(_ context: OrchestrationContext) async throws {
    for _ in 1...10 {
        try await context.sleep(for: .hours(24))
        try await context.call(Proposals.sendReminder)
    }
}
