#if HTTP
import Synchronization
import WarrenClient

/// The names that the hub's hosts have registered, cached from their answers.
///
/// A start under an unknown name waits in the hub for a host that knows it; a caller with a misspelt name gets an error
/// at once instead.
final class KnownOrchestrations: Sendable {
    private let names = Mutex<Set<String>>([])

    /// Whether a host has registered exactly this name.
    func isKnown(_ name: String, to client: TaskHubClient) async throws -> Bool {
        if names.withLock({ $0.contains(name) }) { return true }
        let known = Set(try await client.orchestrations())
        names.withLock { $0 = known }
        return known.contains(name)
    }

    /// The name as it is registered: exactly, or else the only one that differs only in the case of its letters.
    ///
    /// - Throws: `ManagementError` that lists the known names, if no host has registered this one.
    func name(of text: String, with client: TaskHubClient) async throws -> String {
        if names.withLock({ $0.contains(text) }) { return text }
        let known = try await client.orchestrations()
        names.withLock { $0 = Set(known) }
        if known.contains(text) { return text }
        let similar = known.filter { $0.lowercased() == text.lowercased() }
        guard let name = similar.first else {
            throw ManagementError(
                argument: "The function '\(text)' does not exist: no host of hub '\(client.hub)' has registered it. "
                    + (known.isEmpty ? "None is registered." : "Registered: \(known.joined(separator: ", "))."))
        }
        guard similar.count == 1 else {
            throw ManagementError(
                argument: "The function '\(text)' may be any of \(similar.joined(separator: ", ")): write it as it is.")
        }
        return name
    }
}
#endif
