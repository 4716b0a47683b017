import Warren

/// Command: the user is ready.
///
/// - Parameter times: what they say about confirming is how long a confirmation can be found.
func confirmUser(
    _ context: OrchestrationContext, _ command: UserCommand, times: GameTimes
) async throws -> Reply {
    let question = ConfirmationQuestion(
        name: command.name, since: context.now - times.confirmation)
    let reply = try await context.call(Dungeon.findConfirmation, question)
    if reply.isOK, let user = command.name {
        try context.send(Dungeon.approvalTask, true, to: GameID.userConfirmation(user))
    }
    return reply
}
