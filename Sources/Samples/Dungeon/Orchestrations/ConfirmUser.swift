import Warren

/// Command: the user is ready.
///
/// - Parameters:
///   - world: the world to ask.
///   - times: what they say about confirming is how long a confirmation can be found.
func confirmUser(
    _ context: OrchestrationContext, _ command: UserCommand, in world: some GameWorld, times: GameTimes
) async throws -> Reply {
    let question = ConfirmationQuestion(
        name: command.name, since: context.now - times.confirmation)
    let reply = try await world.findConfirmation(question, context)
    if reply.isOK, let user = command.name {
        try context.send(Dungeon.approvalTask, true, to: GameID.userConfirmation(user))
    }
    return reply
}
