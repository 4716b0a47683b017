import Warren
import WarrenClient

/// Finds out whether users are asked to confirm.
struct Confirmations: Sendable {
    let client: @Sendable () async throws -> TaskHubClient

    /// Asks after the user's confirmation. What the answer says can be out of date at once: the time may run out before
    /// the event arrives.
    func isOpen(_ question: ConfirmationQuestion) async throws -> Bool {
        guard let user = question.name, !user.isBlank, !GameID.isTooLong(user) else { return false }
        let confirmation = try await client().status(of: GameID.userConfirmation(user))
        return confirmation.map { $0.runtimeStatus == .running && $0.createdAt.date >= question.since } ?? false
    }
}

/// Registers the one activity that the world of entities needs: an entity knows nothing of orchestrations.
func registerConfirmations(with registrar: some FunctionRegistrar, _ confirmations: Confirmations) {
    registrar.register(Dungeon.isConfirmationOpen, body: confirmations.isOpen)
}
