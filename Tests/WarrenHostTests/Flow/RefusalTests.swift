import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// What becomes of starts and events that nobody knows, and who is told.
@Suite("What the hub does not know", .timeLimit(.minutes(5)))
struct RefusalTests {
    @Test("Who waits for a start is told in time that nobody knows the orchestration, and which ones there are")
    func unknownOrchestration() async throws {
        try await withTaskHub { hub in
            hub.register(Orchestration<Int, Int>("Known")) { _, number in number }
            let client = try await hub.client
            let error = await #expect(throws: ClientError.self) { try await client.start(named: "Nope", id: "a") }
            #expect(error?.code == .unknownOrchestration)
            #expect(error?.message.contains("Known: Known.") == true)
            #expect(try await client.status(of: "a") == nil)
        }
    }

    @Test("Who waits for an event to be taken is told in time that there is no such instance")
    func unknownInstance() async throws {
        try await withTaskHub { hub in
            let client = try await hub.client
            let error = await #expect(throws: ClientError.self) { try await client.raise(named: "Go", to: "nobody") }
            #expect(error?.code == .instanceNotFound)
        }
    }

    @Test("An event whose sender does not wait is held for an instance that starts later")
    func heldEvent() async throws {
        try await withTaskHub { hub in
            let go = ExternalEvent<Int>("Go")
            let waits = Orchestration<Int, Int>("Waits")
            hub.register(waits) { context, _ in try await context.wait(for: go) }
            let client = try await hub.client
            try await client.raise(go, 5, to: "late", until: .confirmed)
            try await hub.advance(by: .seconds(50))
            let instance = try await client.start(waits, 0, id: "late")
            #expect(try await hub.result(of: instance) == 5)
        }
    }

    @Test(
        "A start that was refused to a waiting sender stays refused; one of a sender that did not wait can be tried again",
        arguments: [true, false])
    func copies(isWaiting: Bool) async throws {
        let transport = InProcessTransport()
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { _, _, _ in try InMemoryPartitionStore(hub: "refusals") },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = HostConfiguration(hub: "refusals", partitionCount: 1)
        configuration.graces.unknownOrchestration = .zero
        let host = try TaskHubHost(configuration, environment: environment, logger: logger)
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let replies = try await transport.consumeReplies("reply.test")
        var answers = replies.batches.makeAsyncIterator()
        let encoder = RequestEncoder(
            hub: try TaskHubName("refusals"), replyQueue: "reply.test", holdLimit: isWaiting ? .zero : nil)
        let start = encoder.start(
            StartCommand(name: "Later", instanceID: "a"), reply: .accepted,
            ids: RequestIDs(messageID: "m", correlationID: "c"))
        func publish() async throws -> ReplyMessage {
            transport.publish([start]) { _ in }
            let answer = try #require(try await answers.next(isolation: #isolation)?.first)
            return try ReplyCodec.decode(answer).get()
        }
        let refused = try await publish()
        #expect(refused.status == .rejected)
        #expect(ReplyCodec.refusal(of: refused)?.reason == .unknownOrchestration)

        // The orchestration turns up, and then a copy of the message.
        host.register(Orchestration<Payload, Payload>("Later")) { _, input in input }
        #expect(try await publish().status == (isWaiting ? .rejected : .accepted))
        #expect(try await publish().status == (isWaiting ? .rejected : .accepted))
        #expect(try await transport.depth(of: TaskHubName("refusals").deadQueue) == 0)

        await replies.close()
        running.cancel()
        try await running.ended()
        await transport.shutdown()
    }

    @Test("A listing says what its instances wait for", arguments: [false, true])
    func openTasks(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            let sleeps = Orchestration<Int, Int>("Sleeps")
            hub.register(sleeps) { context, _ in
                try await context.sleep(for: .hours(1))
                return 1
            }
            let client = try await hub.client
            for number in 0..<3 { _ = try await client.start(sleeps, 0, id: "s\(number)", awaitingEnd: false) }
            await hub.rest()
            let listed = try await client.list().instances
            #expect(listed.count == 3)
            #expect(listed.allSatisfy { $0.openTasks.first?.hasPrefix("timer #0 until 2030-01-01T13:00:00") == true })
            try await hub.advance(by: .hours(2))
            #expect(try await client.list().instances.allSatisfy { $0.openTasks.isEmpty })
        }
    }
}
