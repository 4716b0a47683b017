import AMQPMessages
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenSupport
import WarrenTestKit

@testable import WarrenHost

/// Statuses that are read from what is committed: by programs of the host's process, and for questions about several
/// instances.
@Suite("Statuses past the partition", .timeLimit(.minutes(2)))
struct CommittedReadsTests {
    private static let hub = "committed"
    private static let echo = Orchestration<Int, Int>("Echo")
    private static let waits = Orchestration<Int, Int>("Waits")
    private static let go = ExternalEvent<Int>("Go")
    private static let add = Activity<Int, Int>("Add")

    private struct Unlucky: Error {}

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// A hub of one partition on a file, with a host of the process.
    private func withHost(
        register: (TaskHubHost) -> Void = { _ in },
        _ body: @escaping (TaskHubHost, TaskHubClient, InProcessTransport) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "committed-\(UInt32.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { partition, _, logger in
                try SQLitePartitionStore.open(
                    directory: folder.path, hub: Self.hub, partition: partition, partitionCount: 1, logger: logger)
            }, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(
            HostConfiguration(hub: Self.hub, partitionCount: 1), environment: environment, logger: LogLines().logger)
        host.register(Self.echo) { _, number in number }
        host.register(Self.waits) { context, _ in try await context.wait(for: Self.go) }
        register(host)
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        try await withCleanUp {
            let client = try await TaskHubClient(hub: Self.hub, transport: transport, logger: LogLines().logger)
            try await withCleanUp {
                try await body(host, client, transport)
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    /// Asks for several instances in one question.
    private func ask(_ ids: [String], _ transport: InProcessTransport) async throws -> [StatusesCodec.Entry] {
        let replies = try await transport.consumeReplies("reply.several")
        let encoder = RequestEncoder(hub: try TaskHubName(Self.hub), replyQueue: "reply.several")
        transport.publish([encoder.query(.statuses(instanceIDs: ids), partition: 0, ids: .random())]) { _ in }
        for try await batch in replies.batches {
            guard let message = batch.first else { continue }
            await replies.close()
            return try StatusesCodec.decode(answer: Payload(bytes: message.body), count: ids.count)
        }
        throw Unlucky()
    }

    @Test("A partition that an orchestrator holds up delays neither reads nor a question about several instances")
    func busy() async throws {
        let begun = OneShot<Void>()
        let goOn = DispatchSemaphore(value: 0)
        try await withHost { host in
            // It holds the partition's thread, as code does that computes for long.
            host.register(Orchestration<Int, Int>("Holds")) { _, number in
                begun.set(())
                Self.wait(for: goOn)
                return number
            }
        } _: { host, client, transport in
            defer { goOn.signal() }
            _ = try await client.start(Self.echo, 1, id: "done").result()
            async let held = client.start(named: "Holds", input: Payload(json: "2"), id: "held", awaitingEnd: false)
            await begun.value
            let done = try #require(await host.committedStatus(of: "done").status)
            #expect(done.runtimeStatus == .completed && done.output?.json == "1")
            // Nobody was told that it was accepted: it is not committed.
            #expect(await host.committedStatus(of: "held") == .unknown)
            #expect(try await ask(["done", "held", "nobody"], transport) == [.status(done), .unknown, .unknown])
            goOn.signal()
            // What was accepted is found.
            _ = try await held
            #expect(await host.committedStatus(of: "held").status?.instanceID == "held")
        }
    }

    @Test("Whoever was told that a start was accepted finds it, however many ask at once")
    func ownWrites() async throws {
        try await withHost { host, client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let id = "mine-\(number)"
                        _ = try await client.start(Self.waits, number, id: id, awaitingEnd: false)
                        let status = await host.committedStatus(of: id).status
                        return status?.instanceID == id && status?.input?.json == "\(number)"
                    }
                }
                for try await isFound in group { #expect(isFound) }
            }
        }
    }

    @Test("Whoever was told that a command was accepted sees its effect, although others keep the status in memory")
    func ownCommands() async throws {
        try await withHost { host, client, _ in
            // Each changes less often than an instance may so that it is read past the partition.
            let ids = (0..<8).map { "mine-\($0)" }
            for id in ids { _ = try await client.start(Self.waits, 1, id: id) }
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Int.self) { group in
                // Those who poll all the time, so that a status is often read in the very moment of a step.
                for id in ids {
                    group.addTask {
                        var hits = 0
                        while !isOver.value.load(ordering: .relaxed) {
                            if host.statusInMemory(of: id) != nil { hits += 1 }
                            _ = await host.committedStatus(of: id)
                            await Task.yield()
                        }
                        return hits
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { commands in
                    for id in ids {
                        commands.addTask {
                            for round in 0..<15 {
                                try await client.suspend(id, reason: "\(round)")
                                let paused = host.statusInMemory(of: id)?.status
                                #expect(paused == nil || paused?.suspension?.reason == "\(round)")
                                #expect(await host.committedStatus(of: id).status?.suspension?.reason == "\(round)")
                                try await client.resume(id)
                                #expect(host.statusInMemory(of: id)?.status.suspension == nil)
                                #expect(await host.committedStatus(of: id).status?.runtimeStatus == .running)
                            }
                            try await client.terminate(id)
                            try await client.purge(id)
                            #expect(host.statusInMemory(of: id) == nil)
                            #expect(await host.committedStatus(of: id) == .unknown)
                        }
                    }
                    try await commands.waitForAll()
                }
                isOver.value.store(true, ordering: .relaxed)
                var hits = 0
                for try await count in group { hits += count }
                #expect(hits > 0)
            }
        }
    }

    @Test("What is read is what the partition answers; for a long open history the partition is asked")
    func sameAnswer() async throws {
        try await withHost { host in
            host.register(Self.add) { number in number + 1 }
            host.register(Orchestration<Int, Int>("Long")) { context, count in
                for number in 0..<count { _ = try await context.call(Self.add, number) }
                try context.setCustomStatus("tired")
                return try await context.wait(for: Self.go)
            }
            host.register(Orchestration<Int, Int>("Fails")) { _, _ in throw Unlucky() }
        } _: { host, client, transport in
            _ = try await client.start(Self.echo, 1, id: "done", tags: ["a": "b"]).result()
            _ = try await client.start(named: "Fails", input: Payload(json: "1"), id: "failed", awaitingEnd: false)
            _ = try await client.wait(for: "failed")
            _ = try await client.start(Self.waits, 1, id: "open")
            _ = try await client.start(Self.waits, 1, id: "paused")
            try await client.suspend("paused", reason: "lunch")
            _ = try await client.start(named: "Long", input: Payload(json: "20"), id: "short")
            _ = try await client.start(named: "Long", input: Payload(json: "70"), id: "long")
            for id in ["short", "long"] {
                try await untilSeen("\(id) to wait") {
                    try await client.status(of: id)?.customStatus?.json == #""tired""#
                }
            }
            let ids = ["done", "failed", "open", "paused", "short"]
            let answered = try await ids.asyncMap { try #require(try await client.status(of: $0)) }
            for (id, status) in zip(ids, answered) {
                // The second time it comes from memory.
                for _ in 0..<2 { #expect(await host.committedStatus(of: id).status == status, "\(id)") }
                #expect(host.statusInMemory(of: id)?.status == status)
            }
            #expect(answered.last?.waits.map(\.name) == ["Go"])
            #expect(await host.committedStatus(of: "nobody") == .unknown)
            #expect(await host.committedStatus(of: "long") == .askTheHub)
            #expect(await host.committedStatus(of: "a/b") == .askTheHub)
            // The question goes to the partition then, which knows by heart what the instance waits for.
            let long = try #require(try await client.status(of: "long"))
            #expect(try await ask(["done", "long"], transport) == [.status(answered[0]), .status(long)])
            #expect(long.waits.map(\.name) == ["Go"])
        }
    }

    @Test("A host that does not run has to be asked by message")
    func notRunning() async throws {
        let host = try TaskHubHost(
            HostConfiguration(hub: Self.hub), environment: .production(for: HostConfiguration(hub: Self.hub)),
            logger: LogLines().logger)
        #expect(await host.committedStatus(of: "a") == .askTheHub)
    }

    /// Waits on the thread that calls it.
    private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
