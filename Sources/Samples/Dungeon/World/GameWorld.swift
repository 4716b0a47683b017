import Warren

/// The questions and orders that the game's orchestrations have for the world.
///
/// There are two worlds with the same rules and the same words. In one everything is a row of a database that activities
/// change; in the other users, monsters, rooms and inventories are durable entities.
protocol GameWorld: Sendable {
    /// Checks a name and takes it, so that of two commands at the same moment only one gets it.
    func admit(_ command: UserCommand, _ context: OrchestrationContext) async throws -> Reply
    /// Finds out whether a user is asked to confirm.
    func findConfirmation(_ question: ConfirmationQuestion, _ context: OrchestrationContext) async throws -> Reply
    /// Lets a user get something or kill somebody.
    func perform(_ command: ActionCommand, _ context: OrchestrationContext) async throws -> Deed
    /// Makes a user's world, all of it at once.
    func make(for user: String, _ context: OrchestrationContext) async throws
    /// Puts everybody and everything where it belongs, one after the other.
    func furnish(for user: String, _ context: OrchestrationContext) async throws
    /// Ends a user's life.
    func kill(_ user: String, _ context: OrchestrationContext) async throws
    /// Looks whether the game is decided.
    func isDecided(for user: String, _ context: OrchestrationContext) async throws -> Bool
    /// Takes note that a user has won.
    func noteVictory(of user: String, _ context: OrchestrationContext) async throws
}
