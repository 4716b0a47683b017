import Synchronization
import WarrenClient

/// The names that the hub's hosts have registered, as far as they were asked for.
///
/// A start under an unknown name waits in the hub for a host that knows it; a person with a typo is told at once instead.
final class KnownOrchestrations: Sendable {
    private let names = Mutex<Set<String>>([])

    /// - Throws: `ManagementError` that lists the known names, if no host has registered this one.
    func check(_ name: String, with client: TaskHubClient) async throws {
        if names.withLock({ $0.contains(name) }) { return }
        let known = try await client.orchestrations()
        names.withLock { $0 = Set(known) }
        guard known.contains(name) else {
            throw ManagementError(
                argument: "The function '\(name)' does not exist: no host of hub '\(client.hub)' has registered it. "
                    + (known.isEmpty ? "None is registered." : "Registered: \(known.joined(separator: ", "))."))
        }
    }
}
