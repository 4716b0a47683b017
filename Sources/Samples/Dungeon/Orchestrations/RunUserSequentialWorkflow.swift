import Warren

/// Function chaining: puts everybody and everything where it belongs, one after the other.
func runUserSequentialWorkflow(_ context: OrchestrationContext, _ user: String) async throws {
    try await context.call(Dungeon.placeUserInRoom, user)
    try await context.call(Dungeon.placeInventoryInRoom, user)
    try await context.call(Dungeon.placeMonsterInRoom, user)
    try await context.call(Dungeon.placeInventoryOnMonster, user)
    try context.startDetached(Dungeon.gameMonitor, user, id: GameID.gameMonitor(user))
}
