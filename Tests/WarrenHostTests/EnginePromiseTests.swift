import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// What the engine promises, where the host takes part.
@Suite("The engine's promises in a host", .timeLimit(.minutes(5)))
struct EnginePromiseTests {
    private struct Decline: Codable, Sendable, Equatable, Error {
        var code: Int
        var reason: String
    }

    private static let go = ExternalEvent<Int>("Go")
    private static let child = Orchestration<Int, Int>("Child")

    @Test("A clock that was a day ahead once makes no later timer late")
    func clockAhead() async throws {
        try await Cluster.run { cluster in
            let register: @Sendable (TaskHubHost) -> Void = { host in
                host.register(Orchestration<Void, Int>("Sleeper")) { context in
                    _ = try await context.wait(for: Self.go)
                    _ = try await context.wait(for: Self.go)
                    try await context.sleep(for: .minutes(1))
                    return try await context.wait(for: Self.go, timeout: .minutes(1)) ?? -1
                }
            }
            let first = try await cluster.start(register: register)
            first.pass(.days(1))
            let instance = try await cluster.client.start(Orchestration<Void, Int>("Sleeper"), ())
            try await cluster.client.raise(Self.go, 1, to: instance.id)
            try await cluster.rest(first)
            try await first.stop()

            // The next host's clock shows the day before.
            let second = try await cluster.start(register: register)
            try await cluster.client.raise(Self.go, 2, to: instance.id)
            try await cluster.rest(second)
            second.pass(.minutes(1))
            try await cluster.rest(second)
            second.pass(.minutes(1))
            try await cluster.rest(second)
            #expect(try await instance.result() == -1)
            try await second.stop()
        }
    }

    @Test("A child call does not take the ID of an ended instance that is not an earlier call of the same parent")
    func strangersID() async throws {
        try await Cluster.run { cluster in
            let parent = Orchestration<[String], [String]>("Parent")
            let eternal = Orchestration<Int, Int>("Eternal")
            let host = try await cluster.start { host in
                host.register(Self.child) { _, number in number * 10 }
                host.register(parent) { context, ids in
                    var results: [String] = []
                    for id in ids {
                        do {
                            results.append("\(try await context.call(Self.child, 1, id: id))")
                        } catch let failure as TaskFailure {
                            results.append("\(failure.details.type) \(failure.details.isNonRetriable)")
                        }
                    }
                    return results
                }
                host.register(eternal) { context, generation in
                    let result = try await context.call(Self.child, generation, id: "child-of-eternal")
                    if generation < 3 { try context.continueAsNew(generation + 1) }
                    return result
                }
            }
            let client = cluster.client
            let stranger = try await client.start(Self.child, 7, id: "someone-elses")
            #expect(try await stranger.result() == 70)
            let execution = try await stranger.status()?.executionID
            #expect(
                try await client.start(parent, ["someone-elses", "mine", "mine"], id: "p-1").result() == [
                    "InstanceExists true", "10", "10",
                ])
            #expect(try await stranger.status()?.executionID == execution)
            #expect(try await client.start(parent, ["mine"], id: "p-2").result() == ["InstanceExists true"])
            // A new generation, and an instance that is started again, are the same parent.
            #expect(try await client.start(eternal, 1).result() == 30)
            #expect(try await client.start(parent, ["mine"], id: "p-1", ifExists: .restart).result() == ["10"])
            for id in [".", ".."] {
                await #expect(throws: (any Error).self) { try await client.start(Self.child, 1, id: id) }
                let failed = try await client.start(parent, [id])
                await #expect(throws: OrchestrationFailure.self) { try await failed.result() }
            }
            try await host.stop()
        }
    }

    @Test("A failure carries a value from an activity through a child to the parent, its status and its history")
    func details() async throws {
        try await Cluster.run { cluster in
            let pay = Activity<Int, Void>("Pay")
            let word = Activity<Int, Void>("Word")
            let paying = Orchestration<Int, Void>("Paying")
            let parent = Orchestration<Void, [String]>("Parent")
            let host = try await cluster.start { host in
                host.register(pay) { code in throw Decline(code: code, reason: "é\"") }
                host.register(word) { code in
                    throw try FailureDetails(
                        type: "Worded", message: "as asked", carrying: Decline(code: code, reason: "r"),
                        isNonRetriable: true)
                }
                host.register(paying) { context, code in try await context.call(pay, code) }
                host.register(parent) { context in
                    var seen: [String] = []
                    do { try await context.call(pay, 51) } catch let failure as TaskFailure {
                        seen.append("\(failure.details(as: Decline.self)?.code ?? -1) \(failure.details.type)")
                        #expect(failure.details(as: [Int].self) == nil)
                    }
                    do { try await context.call(word, 52) } catch let failure as TaskFailure {
                        seen.append("\(failure.details(as: Decline.self)?.code ?? -1) \(failure.details.type)")
                    }
                    do { try await context.call(paying, 53) } catch let failure as TaskFailure {
                        seen.append("\(failure.details(as: Decline.self)?.reason ?? "") \(failure.details.type)")
                    }
                    return seen
                }
            }
            let instance = try await cluster.client.start(parent, ())
            #expect(try await instance.result() == ["51 Decline", "52 Worded", "é\" TaskFailure"])
            let history = try #require(try await instance.status(includeHistory: true)?.history).map(\.json)
            #expect(history.filter { $0.contains(#""details":{"code":5"#) }.count == 3)

            let failed = try await cluster.client.start(paying, 54)
            let failure = await #expect(throws: OrchestrationFailure.self) { try await failed.result() }
            #expect(failure?.details.details(as: Decline.self)?.code == 54)
            try await cluster.rest(host)
            try await host.stop()
            // What is in the file reads the same.
            let next = try await cluster.start { $0.register(paying) { _, _ in } }
            #expect(try await failed.status()?.failure?.details(as: Decline.self)?.code == 54)
            try await next.stop()
        }
    }

    @Test("A number that no type holds is taken, listed and shown as it was sent, and harms nobody")
    func largeNumber() async throws {
        try await Cluster.run { cluster in
            let raw = Orchestration<Payload, Payload>("Raw")
            let host = try await cluster.start { $0.register(raw) { _, input in input } }
            let text = #"[1e400,12345678901234567890123,1.10,-0,"\u00e9"]"#
            let instance = try await cluster.client.start(raw, Payload(json: text), id: "n-1")
            #expect(try await instance.result().json == text)
            let page = try await cluster.client.list()
            #expect(page.instances.map { $0.instanceID } == ["n-1"])
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.input?.json == text && status.output?.json == text)
            #expect(status.history?.contains { $0.json.contains(text) } == true)
            try await host.stop()
        }
    }

    @Test("IDs that look the same and have other bytes are two instances, for events that wait as well")
    func lookalikes() async throws {
        try await Cluster.run { cluster in
            let waiting = Orchestration<Int, Int>("Waiting")
            let host = try await cluster.start { host in
                host.register(waiting) { context, number in number + (try await context.wait(for: Self.go)) }
            }
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            let client = cluster.client
            // The event waits for an instance that does not exist yet, and is not that of the other spelling.
            try await client.raise(Self.go, 1, to: composed, until: .confirmed)
            let second = try await client.start(waiting, 20, id: decomposed)
            let first = try await client.start(waiting, 10, id: composed)
            #expect(try await first.result() == 11)
            #expect(try await second.status()?.runtimeStatus == .running)
            try await client.raise(Self.go, 2, to: decomposed)
            #expect(try await second.result() == 22)
            try await host.stop()
        }
    }
}
