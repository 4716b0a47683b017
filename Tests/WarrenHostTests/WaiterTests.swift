import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenStorage

@testable import WarrenHost

/// Many who wait for the end of one instance, over a transport and a store in memory.
@Suite("Those who wait for an end", .timeLimit(.minutes(5)))
struct WaiterTests {
    private static let hub = "waiters"
    private static let waits = Orchestration<Int, Int>("Waits")
    private static let end = ExternalEvent<Int>("End")

    private struct Bench {
        let transport: InProcessTransport
        let client: TaskHubClient

        /// Asks for the end, as so many, and returns when all of them are taken.
        func ask(_ numbers: Range<Int>) async throws {
            let encoder = RequestEncoder(hub: try TaskHubName(WaiterTests.hub), replyQueue: "reply.waiters")
            let questions = numbers.map { number in
                encoder.query(
                    .wait(instanceID: "w"), ids: RequestIDs(messageID: "q\(number)", correlationID: "c\(number)"))
            }
            #expect(try await transport.outcomes(of: questions).allSatisfy { $0 == .confirmed })
        }
    }

    private func withHost(_ bounds: WaiterBounds = WaiterBounds(), _ body: (Bench) async throws -> Void) async throws {
        let transport = InProcessTransport()
        var environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { _, _, _ in try InMemoryPartitionStore(hub: Self.hub) },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        environment.waiterBounds = bounds
        let host = try TaskHubHost(
            HostConfiguration(hub: Self.hub, partitionCount: 1), environment: environment, logger: LogLines().logger)
        host.register(Self.waits) { context, _ in try await context.wait(for: Self.end) }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(hub: Self.hub, transport: transport)
        _ = try await client.start(Self.waits, 1, id: "w", awaitingEnd: false)
        do {
            try await body(Bench(transport: transport, client: client))
        } catch {
            Issue.record(error)
        }
        await client.close()
        running.cancel()
        _ = await running.result
        await transport.shutdown()
    }

    /// Reads answers until there are so many, and sorts their askers by what they are told.
    private func answers(
        _ count: Int, from subscription: any MessageSubscription
    ) async throws -> [ReplyMessage.Status: [ReplyMessage]] {
        var found: [ReplyMessage.Status: [ReplyMessage]] = [:]
        var left = count
        for try await batch in subscription.batches {
            for message in batch {
                let answer = try ReplyCodec.decode(message).get()
                found[answer.status, default: []].append(answer)
            }
            left -= batch.count
            if left <= 0 { break }
        }
        return found
    }

    @Test("A thousand wait for one instance, and each is told of its end, once")
    func thousand() async throws {
        try await withHost { bench in
            let replies = try await bench.transport.consumeReplies("reply.waiters")
            // In several rounds, so that rows of their own are added to what was there.
            for first in stride(from: 0, to: 1_000, by: 250) { try await bench.ask(first..<first + 250) }
            // The same question once more is the same one who waits.
            try await bench.ask(0..<1)
            try await bench.ask(999..<1_000)
            try await bench.client.raise(Self.end, 7, to: "w")
            let told = try await answers(1_000, from: replies)
            #expect(told.keys.sorted { $0.rawValue < $1.rawValue } == [.completed])
            let ids = told[.completed, default: []].map(\.address.correlationID)
            #expect(ids.count == 1_000 && Set(ids) == Set((0..<1_000).map { "c\($0)" }))
            #expect(told[.completed, default: []].allSatisfy { $0.body.json == "7" })
        }
    }

    @Test("Beyond the bound those who come are refused in words; the ones before them keep their place")
    func bound() async throws {
        try await withHost(WaiterBounds(inRow: 8, most: 20)) { bench in
            let replies = try await bench.transport.consumeReplies("reply.waiters")
            try await bench.ask(0..<25)
            let refused = try await answers(5, from: replies)[.rejected, default: []]
            #expect(refused.map(\.address.correlationID).sorted() == (20..<25).map { "c\($0)" })
            for answer in refused {
                let refusal = try #require(ReplyCodec.refusal(of: answer))
                #expect(refusal.reason == .overloaded)
                #expect(refusal.detail == "20 wait for the end of 'w', and no more can. Ask again later.")
            }
            try await bench.client.raise(Self.end, 7, to: "w")
            let told = try await answers(20, from: replies)[.completed, default: []]
            #expect(Set(told.map(\.address.correlationID)) == Set((0..<20).map { "c\($0)" }))
        }
    }

    @Test("A client that is refused its place asks again, and gets its answer in the end")
    func askAgain() async throws {
        try await withHost(WaiterBounds(inRow: 1, most: 2)) { bench in
            let pauses = PauseClock()
            let impatient = try await TaskHubClient(hub: Self.hub, transport: bench.transport, clock: pauses)
            try await bench.ask(0..<2)
            let waiting = Task { try await impatient.instance(of: Self.waits, id: "w").result() }
            // It was refused twice, and is about to ask for the third time.
            try await pauses.begun.wait(for: 1)
            pauses.gate.open()
            try await pauses.begun.wait(for: 2)
            try await bench.client.raise(Self.end, 7, to: "w")
            #expect(try await waiting.ended() == 7)
            await impatient.close()
        }
    }

    @Test("Who gets no answer because all of them would be too many bytes is told to ask again, and is answered then")
    func bytes() async throws {
        try await withHost(WaiterBounds(inRow: 4, most: 100, answerBytes: 1)) { bench in
            let replies = try await bench.transport.consumeReplies("reply.waiters")
            let waiting = Task { try await bench.client.instance(of: Self.waits, id: "w").result() }
            try await bench.ask(0..<10)
            try await bench.client.raise(Self.end, 7, to: "w")
            let told = try await answers(10, from: replies)
            #expect(told[.completed, default: []].count <= 1)
            #expect(told[.rejected, default: []].count >= 9)
            for answer in told[.rejected, default: []] {
                #expect(ReplyCodec.refusal(of: answer)?.reason == .overloaded)
            }
            #expect(try await waiting.ended() == 7)
        }
    }
}

/// A clock whose pauses are over at once when its gate is open.
private struct PauseClock: Clock {
    let begun = Happenings<Void>()
    let gate = Gate()

    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        begun.add(())
        await gate.pass()
    }
}
