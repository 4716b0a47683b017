import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// Questions whose answers the broker does not take. Replies go through the default exchange.
@Suite("Questions and their answers", .timeLimit(.minutes(5)))
struct QuestionTests {
    private static let hub = "asked"

    private func start(_ transport: any MessageTransport) async throws -> Task<Void, any Error> {
        var configuration = HostConfiguration(hub: Self.hub, partitionCount: 1)
        configuration.graces.stop = .milliseconds(50)
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { _, _, _ in try InMemoryPartitionStore(hub: Self.hub) },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(configuration, environment: environment, logger: LogLines().logger)
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        return running
    }

    @Test("A question is acknowledged when its answer is safe, and not before")
    func settled() async throws {
        let transport = StuckTransport(exchange: "")
        let running = try await start(transport)
        let replies = try await transport.inner.consumeReplies("reply.asked")
        let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.asked")
        let settled = Happenings<[PublishOutcome]>()
        transport.stick()
        for number in 1...2 {
            transport.inner.publish([encoder.query(.describe, ids: .random())]) { settled.add($0) }
            try await transport.gotStuck.wait(for: number)
        }
        // Outcomes are told in order, so that those of the questions would have been told before this one.
        _ = try await transport.inner.outcome(of: OutboundMessage(exchange: "", routingKey: "nobody"))
        #expect(settled.all.isEmpty)
        transport.letGo()
        #expect(try await settled.wait(for: 2) == [[.confirmed], [.confirmed]])
        running.cancel()
        try await running.ended()
        await replies.close()
        await transport.shutdown()
    }

    @Test("The next host answers a question whose answer its host took along, and nobody has to ask again")
    func hostEnds() async throws {
        let inner = InProcessTransport()
        let stuck = StuckTransport(exchange: "", inner: inner)
        let first = try await start(stuck)
        let client = try await TaskHubClient(hub: Self.hub, transport: inner, logger: LogLines().logger)
        stuck.stick()
        let asking = Task { try await client.activityNames(timeout: .seconds(3600)) }
        try await stuck.gotStuck.wait(for: 1)
        // What is stuck is never let go: it ends with its host.
        first.cancel()
        try await first.ended()

        let second = try await start(inner)
        #expect(try await asking.ended() == [])
        second.cancel()
        try await second.ended()
        await client.close()
        await inner.shutdown()
    }
}
