#if HTTP
import WarrenClient

/// The sources of live feeds.
extension TaskHubClient {
    /// Receives changes of instances until the task is cancelled.
    func liveInstances(_ send: @escaping @Sendable (LiveReader.Item) -> Void) async throws {
        try await receive(try await lifecycleWatch(), send) { LiveEvent($0) }
    }

    /// Receives lines of the console until the task is cancelled.
    func liveConsole(_ send: @escaping @Sendable (LiveReader.Item) -> Void) async throws {
        try await receive(try await consoleWatch(), send) { LiveEvent($0) }
    }

    private func receive<Item: Sendable>(
        _ watch: HubWatch<Item>, _ send: @escaping @Sendable (LiveReader.Item) -> Void,
        _ event: (Item) -> LiveEvent
    ) async throws {
        send(.ready)
        let end: Result<Void, any Error>
        do {
            try await watch.read(renewed: { send(.ready) }, items: { $0.forEach { send(.event(event($0))) } })
            end = .success(())
        } catch {
            end = .failure(error)
        }
        await watch.close()
        try end.get()
        // A watch that ends by itself was closed with its connection.
        try Task.checkCancellation()
        throw ClientError(.closed, "The connection to the hub was closed.")
    }
}
#endif
