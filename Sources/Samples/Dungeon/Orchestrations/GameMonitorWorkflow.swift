import Warren

/// External events: the game is won when the monster is dead and the treasure found, in whichever order.
func gameMonitorWorkflow(_ context: OrchestrationContext, _ user: String) async throws {
    _ = try await context.all(
        context.startWaiting(for: Dungeon.killMonster), context.startWaiting(for: Dungeon.gotTreasure))
    context.print("\(user) has won the game!")
}
