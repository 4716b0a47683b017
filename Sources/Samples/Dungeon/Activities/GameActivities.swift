import Warren
import WarrenClient

/// The activities: everything that changes the game.
///
/// An activity runs at least once. Each of these changes the game and writes down what it came to and what it printed in
/// one transaction (see `GameStore.once`): when it runs again, it changes nothing, and prints and answers the same.
struct GameActivities: Sendable {
    let store: GameStore
    /// For questions about workflows.
    let client: @Sendable () async throws -> TaskHubClient
}
