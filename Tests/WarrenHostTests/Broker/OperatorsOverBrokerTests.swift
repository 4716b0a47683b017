import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Starts in a crowd, and operators' commands, over a real broker and SQLite files.
@Suite("Broker: operators", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct OperatorsOverBrokerTests {
    private static let once = Orchestration<Void, Int>("Once")
    private static let step = Activity<Void, Int>("Step")
    private static let parent = Orchestration<Void, Int>("Parent")
    private static let go = ExternalEvent<Int>("Go")

    private struct NoLuck: Error {}

    @Test("A hundred starts of one ID run once; amqp-publish terminates it with its child, and starts by an event")
    func crowd() async throws {
        let runs = Watched(0)
        let isBroken = Watched(true)
        try await BrokerHub.run { host in
            host.register(Self.step) { _, _ in
                runs.change { $0 += 1 }
                if isBroken.value { throw NoLuck() }
                return 1
            }
            host.register(Self.once) { context in
                try await context.call(Self.step) + context.wait(for: Self.go)
            }
            host.register(Self.parent) { context in try await context.call(Self.once, id: "child") }
        } _: { hub in
            let client = hub.client
            isBroken.change { $0 = false }
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            _ = try await client.start(Self.once, (), id: "one", ifExists: .fail, awaitingEnd: false)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == 1)
            func publish(_ arguments: [String]) async throws {
                let result = try await Program.run("/usr/bin/amqp-publish", ["-u", hub.toolURL] + arguments)
                try #require(result.exitCode == 0, "\(result.errors)")
            }
            // An event with a start: the first begins the instance, the second finds it.
            for event in ["Other", "Go"] {
                try await publish([
                    "-e", hub.names.eventExchange, "-r", "by-event/\(event)", "-H", "warren-start: Once", "-b", "5",
                ])
            }
            #expect(try await client.instance(of: Self.once, id: "by-event").result(timeout: .seconds(30)) == 6)

            // A recursive termination reaches the child by a message of its own.
            let waiting = try await client.start(Self.parent, (), id: "p")
            while try await client.status(of: "child") == nil {}
            try await publish([
                "-e", hub.names.controlExchange, "-r", "p/terminate", "-H", "warren-recursive: true", "-b", "enough",
            ])
            await #expect(throws: OrchestrationFailure.self) { try await waiting.result(timeout: .seconds(30)) }
            let child = client.instance(of: Self.once, id: "child")
            await #expect(throws: OrchestrationFailure.self) { try await child.result(timeout: .seconds(30)) }

            // A failure, and its rewind: what failed runs again.
            isBroken.change { $0 = true }
            let failing = try await client.start(Self.once, (), id: "failing")
            await #expect(throws: OrchestrationFailure.self) { try await failing.result(timeout: .seconds(30)) }
            isBroken.change { $0 = false }
            let before = runs.value
            try await publish(["-e", hub.names.controlExchange, "-r", "failing/rewind", "-b", "mended"])
            try await client.raise(Self.go, 7, to: "failing")
            #expect(try await client.instance(of: Self.once, id: "failing").result(timeout: .seconds(30)) == 8)
            #expect(runs.value == before + 1)
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) == 0)
        }
    }
}
