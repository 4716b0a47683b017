package import Foundation
package import WarrenClient
import WarrenMessaging

/// A hub of its own on the real broker, and a folder for what its hosts remember.
package struct HostFixture: Sendable {
    package let broker: String
    package let hub: String
    package let data: URL
    private let partitions: Int

    /// What every program of this hub is told.
    package var place: [String] { ["--broker", broker, "--hub", hub] }

    /// What every host of this hub is told.
    package var hostArguments: [String] {
        place + ["--data", data.path, "--partitions", "\(partitions)", "--log-level", "error"]
    }

    /// Runs a test and removes hub and folder afterwards.
    ///
    /// - Parameter activities: those that programs of this hub run; each has a queue.
    package static func run(
        partitions: Int = 2, activities: [String], _ body: (HostFixture) async throws -> Void
    ) async throws {
        let hub = "test-" + UUID().uuidString.prefix(8).lowercased()
        let data = FileManager.default.temporaryDirectory.appending(path: hub)
        defer { try? FileManager.default.removeItem(at: data) }
        let fixture = HostFixture(broker: try TestBroker.requireURL(), hub: hub, data: data, partitions: partitions)
        try await withCleanUp {
            try await body(fixture)
        } afterwards: {
            try await TestBroker.remove(TaskHubName(hub), partitions: partitions, activities: activities)
        }
    }

    package func withClient<Result: Sendable>(
        _ body: (TaskHubClient) async throws -> Result
    ) async throws -> Result {
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
