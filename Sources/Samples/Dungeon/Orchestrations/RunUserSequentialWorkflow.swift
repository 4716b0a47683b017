import Warren

/// Function chaining: puts everybody and everything where it belongs, one after the other.
func runUserSequentialWorkflow(
    _ context: OrchestrationContext, _ user: String, in world: some GameWorld
) async throws {
    try await world.furnish(for: user, context)
    try context.startDetached(Dungeon.gameMonitor, user, id: GameID.gameMonitor(user))
}
