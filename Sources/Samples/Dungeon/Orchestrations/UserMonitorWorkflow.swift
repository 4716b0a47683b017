import Warren

/// Monitor: looks at a user again and again, until the game is decided or the time is up.
func userMonitorWorkflow(_ context: OrchestrationContext, _ user: String, times: GameTimes) async throws {
    context.print("\(user) is being monitored every \(times.monitorInterval.words).")
    let end = context.now + times.monitorLimit
    // The user is being made while this begins, so that the first look may come too early.
    let patience = RetryPolicy(maxAttempts: 5, firstInterval: .seconds(1), backoffCoefficient: 2)
    var isDecided = false
    while !isDecided && context.now < end {
        isDecided = try await context.call(Dungeon.monitorUser, user, retry: patience)
        if !isDecided { try await context.sleep(for: times.monitorInterval) }
    }
    if !isDecided { context.print("\(user) monitoring has timed out.") }
    context.print("\(user) monitoring is done.")
}
