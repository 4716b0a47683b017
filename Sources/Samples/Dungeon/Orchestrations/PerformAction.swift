import Warren

/// Command: a user gets something or kills somebody.
func performAction(
    _ context: OrchestrationContext, _ command: ActionCommand, in world: some GameWorld
) async throws -> Reply {
    let deed = try await world.perform(command, context)
    // The monitor gets them even if it is about to start: an event waits for its instance.
    let monitor = GameID.gameMonitor(command.name ?? "")
    if deed.killedMonster { try context.send(Dungeon.killMonster, to: monitor) }
    if deed.gotTreasure { try context.send(Dungeon.gotTreasure, to: monitor) }
    return deed.reply
}
