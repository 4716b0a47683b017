import Warren

/// Command: begins a game for a user who has none.
func newUser(_ context: OrchestrationContext, _ command: UserCommand, in world: some GameWorld) async throws -> Reply {
    let reply = try await world.admit(command, context)
    if reply.isOK, let user = command.name {
        try context.startDetached(Dungeon.runUserParallel, user, id: GameID.runUserParallel(user))
        try context.startDetached(Dungeon.userMonitor, user, id: GameID.userMonitor(user))
    }
    return reply
}
