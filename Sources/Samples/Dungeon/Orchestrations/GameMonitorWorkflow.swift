import Warren

/// External events: the game is won when the monster is dead and the treasure found, in whichever order.
func gameMonitorWorkflow(_ context: OrchestrationContext, _ user: String, in world: some GameWorld) async throws {
    _ = try await context.all(
        context.startWaiting(for: Dungeon.killMonster), context.startWaiting(for: Dungeon.gotTreasure))
    try await world.noteVictory(of: user, context)
    context.print("\(user) has won the game!")
}
