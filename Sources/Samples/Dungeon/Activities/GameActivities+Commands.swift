import Warren
import WarrenClient

/// The activities behind `NewUser` and `ConfirmUser`.
extension GameActivities {
    /// Checks a name and takes it, so that of two commands at the same moment only one gets it.
    func admitUser(_ command: UserCommand, _ context: ActivityContext) async throws -> Reply {
        try await store.once(context) { game in
            guard let user = command.name, !user.isBlank else {
                game.print("An attempt to create a user with no name was made.")
                return .refused("User name is required.")
            }
            guard !GameID.isTooLong(user) else {
                game.print("An attempt to create a user with a name of \(user.utf8.count) bytes was made.")
                return .refused("User name is too long.")
            }
            guard try game.claim(user) else {
                game.print("Attempt to add duplicate user \(user) failed.")
                return .refused("Duplicate username is not allowed.")
            }
            return .ok
        }
    }

    /// Finds out whether a user is asked to confirm.
    func findConfirmation(_ question: ConfirmationQuestion, _ context: ActivityContext) async throws -> Reply {
        // The answer is looked up before the transaction, which must not wait for anybody.
        let isWaiting = try await Confirmations(client: client).isOpen(question)
        return try await store.once(context) { game in
            guard let user = question.name, !user.isBlank else {
                game.print("An attempt to confirm a user with no name was made.")
                return .refused("User name is required.")
            }
            guard try game.user(user) != nil else {
                game.print("Attempt to confirm missing user \(user) failed.")
                return .refused("Username does not exist.")
            }
            return isWaiting ? .ok : .notFound
        }
    }
}

extension String {
    /// Whether there is nothing to see in it.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
