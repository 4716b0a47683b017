import Logging
import Testing
import Warren
import WarrenClient
import WarrenMessaging

/// Runs a body with a client of a hub that a fake host serves, over the in-process transport and a clock that stands
/// still.
func withClient(
    partitions: Int = 3,
    _ body: @escaping @Sendable (TaskHubClient, FakeHost, FlakyTransport) async throws -> Void
) async throws {
    let inner = InProcessTransport()
    let transport = FlakyTransport(inner)
    // The host publishes past the client's transport: what a test loses is the client's.
    try await FakeHost.serving(inner, partitions: partitions) { host in
        let logger = Logger(label: "client", factory: { _ in SwiftLogNoOpLogHandler() })
        let client = try await TaskHubClient(transport: transport, logger: logger, clock: transport.clock)
        do {
            try await body(client, host, transport)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
    await inner.shutdown()
}

extension TestClock {
    /// Lets a publish that is repeated come to its next attempt, a number of times. One sleeper is its deadline.
    func passBackoffs(_ count: Int) async throws {
        for _ in 0..<count {
            try await sleepers(2)
            advance(by: .seconds(5))
        }
    }
}
