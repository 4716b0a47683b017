import Foundation
import TestSupport
import Testing
import WarrenClient

/// A hub of its own on the real broker, and a folder for what its hosts remember.
struct HostFixture {
    let broker: String
    let hub: String
    let data: URL

    /// What every `dungeon` of this hub is told.
    var place: [String] { ["--broker", broker, "--hub", hub] }

    func serve(_ arguments: String...) async throws -> HostProcess {
        let common = ["--data", data.path, "--http-port", "0", "--partitions", "2", "--log-level", "error"]
        return try await HostProcess.start(Program.product("dungeon"), ["serve"] + place + common + arguments)
    }

    static func run(_ body: (HostFixture) async throws -> Void) async throws {
        let hub = "dungeon-" + UUID().uuidString.prefix(8).lowercased()
        let data = FileManager.default.temporaryDirectory.appending(path: hub)
        defer { try? FileManager.default.removeItem(at: data) }
        try await body(HostFixture(broker: try TestBroker.requireURL(), hub: hub, data: data))
    }

    func withClient<Result: Sendable>(_ body: (TaskHubClient) async throws -> Result) async throws -> Result {
        let client = try await TaskHubClient.connect(broker: broker, hub: hub)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}
