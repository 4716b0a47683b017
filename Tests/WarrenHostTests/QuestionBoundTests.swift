import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenSupport
import WarrenTestKit

@testable import WarrenHost

/// Questions with large answers, and many who ask.
@Suite("Answers within bounds", .timeLimit(.minutes(5)))
struct QuestionBoundTests {
    private static let go = ExternalEvent<String>("Go")
    private static let keeps = Orchestration<String, Int>("Keeps")
    private static let gather = Orchestration<Int, Int>("Gather")

    private func withHub(_ body: (TaskHubClient) async throws -> Void) async throws {
        try await withTaskHub { hub in
            hub.register(Self.keeps) { _, text in text.utf8.count }
            hub.register(Self.gather) { context, count in
                var bytes = 0
                for _ in 0..<count { bytes += try await context.wait(for: Self.go).utf8.count }
                return bytes
            }
            hub.register(Orchestration<Int, Int>("Waits")) { context, _ in
                try await context.wait(for: ExternalEvent<Int>("End"))
            }
            try await body(try await hub.client)
        }
    }

    @Test("Listings carry no payloads unless asked for; with them, pages are bounded by bytes and go on")
    func listing() async throws {
        try await withHub { client in
            let text = String(repeating: "x", count: 600_000)
            for number in 0..<12 {
                _ = try await client.start(Self.keeps, text, id: "k\(number)").result()
            }
            let plain = try await client.list(InstanceQuery(limit: 1000))
            #expect(plain.instances.count == 12 && plain.next == nil)
            #expect(plain.instances.allSatisfy { $0.input == nil && $0.output == nil })
            var query = InstanceQuery(limit: 1000, includeInput: true, includeOutput: true)
            var found: Set<String> = []
            var pages = 0
            repeat {
                let page = try await client.list(query)
                #expect(page.instances.allSatisfy { $0.input?.bytes.count == 600_002 && $0.output?.json == "600000" })
                #expect(page.instances.reduce(0) { $0 + ($1.input?.bytes.count ?? 0) } < 10 << 20)
                found.formUnion(page.instances.map(\.instanceID))
                query.after = page.next
                pages += 1
            } while query.after != nil
            #expect(found == Set((0..<12).map { "k\($0)" }))
        }
    }

    @Test("A status or a page with a payload above the bound leaves that out and says so")
    func omitted() async throws {
        try await withHub { client in
            let text = String(repeating: "x", count: 900_000)
            let instance = try await client.start(Self.keeps, text, id: "big")
            _ = try await instance.result()
            let status = try #require(try await instance.status())
            #expect(status.input?.bytes.count == 900_002 && status.omitted == nil)
        }
    }

    @Test("A listing names the instances of which it does not tell what they wait for")
    func listedTasks() async throws {
        try await withHub { client in
            // More than a listing reads to find out.
            _ = try await client.start(Self.gather, 30, id: "long")
            for _ in 0..<21 { try await client.raise(Self.go, String(repeating: "x", count: 900_000), to: "long") }
            _ = try await client.start(Orchestration<Int, Int>("Waits"), 1, id: "short")
            let listed = try await client.list().instances
            #expect(listed.count == 2)
            #expect(listed.first { $0.instanceID == "long" }?.omitted == ["openTasks"])
            #expect(listed.first { $0.instanceID == "short" }?.omitted == nil)
            // Its row tells the event; what else it waits for is not known, so it may be what is searched for.
            #expect(listed.first { $0.instanceID == "long" }?.waits.map(\.name) == ["Go"])
            for (condition, found) in [
                (WaitCondition.event("Go"), ["long"]), (.activity("Pay"), ["long"]), (.event("End"), ["short"]),
                (WaitCondition(name: "End"), ["long", "short"]),
            ] {
                let ids = try await client.list(InstanceQuery(waitsFor: condition)).instances.map(\.instanceID)
                #expect(ids.sorted() == found, "\(condition)")
            }
        }
    }

    @Test("A history of many megabytes comes whole, in parts, in order")
    func history() async throws {
        try await withHub { client in
            let instance = try await client.start(Self.gather, 12, id: "gather")
            for number in 0..<12 {
                try await client.raise(Self.go, String(repeating: "\(number % 10)", count: 900_000), to: "gather")
            }
            #expect(try await instance.result() == 12 * 900_000)
            let status = try #require(try await instance.status(includeHistory: true))
            let history = try #require(status.history)
            #expect(status.historyNext == nil && status.omitted == nil)
            let raised = history.filter { $0.bytes.count > 900_000 }.map { $0.json.contains("EventRaised") }
            #expect(raised == Array(repeating: true, count: 12))
            #expect(history.first?.json.contains("OrchestratorStarted") == true)
            #expect(history.last?.json.contains("ExecutionCompleted") == true)
            #expect(status.runtimeStatus == .completed)
        }
    }

    @Test("A status with history is of one moment, however many ask at once")
    func moment() async throws {
        try await withHub { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<120 {
                    group.addTask {
                        let instance = try await client.start(Self.keeps, "x", id: "m\(number)")
                        let status = try #require(try await instance.status(includeHistory: true))
                        let hasEnded = status.history?.last?.json.contains("ExecutionCompleted") ?? false
                        #expect(status.history?.isEmpty == false)
                        #expect(hasEnded == status.runtimeStatus.isTerminal, "\(status)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("The 65th who waits, the 1,000th and the first all get their answer", arguments: [65, 1_000])
    func waiters(_ count: Int) async throws {
        try await withHub { client in
            let waits = Orchestration<Int, Int>("Waits")
            _ = try await client.start(waits, 1, id: "w", awaitingEnd: false)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<count {
                    group.addTask { try await client.instance(of: waits, id: "w").result(timeout: .seconds(100_000)) }
                }
                // Each is taken before the event, which is published after them.
                while try await client.status(of: "w")?.openTasks == nil {}
                group.addTask {
                    // Asked once more: answered when all that was asked before is taken.
                    _ = try await client.list()
                    for _ in 0..<5 { _ = try await client.status(of: "w") }
                    try await client.raise(ExternalEvent<Int>("End"), 7, to: "w")
                    return 7
                }
                for try await result in group { #expect(result == 7) }
            }
        }
    }

    @Test("Additional waiters survive a restart of the host, and are told")
    func restart() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "waiters-\(UInt32.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = try TaskHubName("waiting")
        let transport = InProcessTransport()
        func host() throws -> TaskHubHost {
            var configuration = HostConfiguration(hub: "waiting", partitionCount: 1)
            configuration.graces.stop = .seconds(5)
            let host = try TaskHubHost(
                configuration,
                environment: HostEnvironment(
                    transport: { _, _ in transport }, ownsTransport: false,
                    store: { partition, _, logger in
                        try SQLitePartitionStore.open(
                            directory: folder.path, hub: "waiting", partition: partition, partitionCount: 1,
                            logger: logger)
                    }, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) }),
                logger: LogLines().logger)
            host.register(Orchestration<Int, Int>("Waits")) { context, _ in
                try await context.wait(for: ExternalEvent<Int>("End"))
            }
            return host
        }
        let first = try host()
        let running = Task { try await first.run() }
        #expect(try await first.becomesReady())
        let client = try await TaskHubClient(hub: "waiting", transport: transport)
        _ = try await client.start(named: "Waits", input: Payload(json: "1"), id: "w", awaitingEnd: false)
        let replies = try await transport.consumeReplies("reply.many")
        let encoder = RequestEncoder(hub: names, replyQueue: "reply.many")
        let questions = (0..<200).map { number in
            encoder.query(
                .wait(instanceID: "w"), ids: RequestIDs(messageID: "q\(number)", correlationID: "c\(number)"))
        }
        #expect(try await transport.outcomes(of: questions).allSatisfy { $0 == .confirmed })
        running.cancel()
        _ = await running.result
        let second = try host()
        let again = Task { try await second.run() }
        #expect(try await second.becomesReady())
        try await client.raise(ExternalEvent<Int>("End"), 7, to: "w")
        var told: Set<String> = []
        for try await batch in replies.batches {
            for message in batch {
                #expect(message.body == Array("7".utf8))
                told.insert(message.properties.correlationID ?? "")
            }
            if told.count == 200 { break }
        }
        #expect(told == Set((0..<200).map { "c\($0)" }))
        await client.close()
        again.cancel()
        _ = await again.result
        await transport.shutdown()
    }

    @Test("Lines of an activity are on the console while it runs")
    func console() async throws {
        let finish = OneShot<Int>()
        let transport = InProcessTransport()
        let names = try TaskHubName("lines")
        let host = try TaskHubHost(
            HostConfiguration(hub: "lines", partitionCount: 1),
            environment: HostEnvironment(
                transport: { _, _ in transport }, ownsTransport: false,
                store: { _, _, _ in try InMemoryPartitionStore(hub: "lines") },
                runner: { LocalOrchestratorRunner(functions: $0, logger: $1) }), logger: LogLines().logger)
        let long = Activity<Int, Int>("Long")
        host.register(long) { _, context in
            for number in 0..<3 { context.print("line \(number)") }
            return await finish.value
        }
        host.register(Orchestration<Int, Int>("Calls")) { context, number in try await context.call(long, number) }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(hub: "lines", transport: transport)
        let instance = try await client.start(Orchestration<Int, Int>("Calls"), 1)
        let console = try await transport.consume(names.consoleQueue, prefetch: 10)
        var lines: [String] = []
        for try await batch in console.batches {
            console.acknowledge(batch.map(\.tag))
            lines += batch.map { String(decoding: $0.body, as: UTF8.self) }
            if lines.count >= 3 { break }
        }
        #expect(lines == ["line 0\n", "line 1\n", "line 2\n"])
        finish.set(5)
        #expect(try await instance.result() == 5)
        await client.close()
        running.cancel()
        _ = await running.result
        await transport.shutdown()
    }
}
