import Warren

/// Monitor: looks at a user again and again, until the game is decided or the time is up.
func userMonitorWorkflow(
    _ context: OrchestrationContext, _ user: String, in world: some GameWorld, times: GameTimes
) async throws {
    context.print("\(user) is being monitored every \(times.monitorInterval.words).")
    let end = context.now + times.monitorLimit
    var isDecided = false
    while !isDecided && context.now < end {
        isDecided = try await world.isDecided(for: user, context)
        if !isDecided { try await context.sleep(for: times.monitorInterval) }
    }
    if !isDecided { context.print("\(user) monitoring has timed out.") }
    context.print("\(user) monitoring is done.")
}
