import Synchronization
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenTestKit

/// Activities with limits in a whole hub, in virtual time.
@Suite("Activities with limits", .timeLimit(.minutes(5)))
struct LimitsTests {
    private static let charge = Activity<Int, Int>("Charge")
    private static let one = Orchestration<Int, Int>("One") { context, number in
        try await context.call(charge, number, fairnessKey: number < 100 ? "large" : "small")
    }
    private static let many = Orchestration<Int, Int>("Many") { context, count in
        let tasks = (0..<count).map { context.start(charge, $0, priority: 2) }
        return try await context.all(tasks).reduce(0, +)
    }

    /// Counts what runs at once, and in which order it began.
    private final class Runs: Sendable {
        private struct State {
            var now = 0
            var most = 0
            var begun: [Int] = []
        }
        private let state = Mutex(State())

        func begin(_ number: Int) {
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
                $0.begun.append(number)
            }
        }

        func end() { state.withLock { $0.now -= 1 } }

        var most: Int { state.withLock { $0.most } }
        var begun: [Int] { state.withLock { $0.begun } }
    }

    private func hub(
        _ limits: ActivityLimits?, configured: ActivityLimits? = nil, replays: Bool = false,
        _ body: (TestHub, TaskHubClient, Runs) async throws -> Void
    ) async throws {
        var options = TestHubOptions(replaysEveryEpisode: replays)
        if let configured { options.configure = { $0.activities.limits = ["Charge": configured] } }
        try await withTaskHub(options) { hub in
            let runs = Runs()
            if let limits { hub.limit(Self.charge, to: limits) }
            hub.register(Self.charge) { number in
                runs.begin(number)
                for _ in 0..<20 { await Task.yield() }
                runs.end()
                return number
            }
            hub.register(Self.one)
            hub.register(Self.many)
            try await body(hub, try await hub.client, runs)
        }
    }

    @Test("No more run at once than the code of the host says, and all come to their ends", arguments: [true, false])
    func concurrency(replays: Bool) async throws {
        try await hub(ActivityLimits(concurrency: 2), replays: replays) { hub, client, runs in
            let fan = try await client.start(Self.many, 12)
            var ones: [OrchestrationInstance<Int>] = []
            for number in 0..<8 { ones.append(try await client.start(Self.one, number)) }
            #expect(try await fan.result() == 66)
            for (number, instance) in ones.enumerated() { #expect(try await instance.result() == number) }
            await hub.rest()
            #expect(runs.most == 2 && runs.begun.count == 20)
            let shown = try await client.limits()
            #expect(shown == [LimitedActivity(activity: "Charge", limits: ActivityLimits(concurrency: 2))])
        }
    }

    @Test(
        "An operator stops an activity, lets it go on in fair order, and removes the limit; the status says what it waits for"
    )
    func operators() async throws {
        try await hub(nil) { hub, client, runs in
            try await client.setLimits(ActivityLimits(concurrency: 0), of: "Charge")
            for number in 0..<6 { _ = try await client.start(Self.one, number, id: "i\(number)") }
            await hub.rest()
            for number in 100..<102 { _ = try await client.start(Self.one, number, id: "i\(number)") }
            await hub.rest()
            let status = try #require(try await client.status(of: "i100"))
            #expect(status.waits.map(\.kind) == [.permit] && status.waits.map(\.name) == ["Charge"])
            #expect(status.openTasks.contains { $0.hasPrefix("permit of Charge") })
            let stopped = try #require(try await client.limits().first)
            #expect(stopped.waiting == 8 && stopped.running == 0 && stopped.isSetByOperator)
            #expect(stopped.oldest != nil)
            try await client.terminate("i5")
            try await client.setLimits(ActivityLimits(concurrency: 1), of: "Charge")
            await hub.rest()
            #expect(runs.most == 1)
            let small = runs.begun.indices.filter { runs.begun[$0] >= 100 }
            #expect(runs.begun.count == 7 && small.allSatisfy { $0 < 4 }, "\(runs.begun)")
            try await client.clearLimits(of: "Charge")
            #expect(try await client.limits().isEmpty)
            _ = try await client.start(Self.one, 7, id: "free")
            await hub.rest()
            #expect(try await client.status(of: "free")?.runtimeStatus == .completed)
        }
    }

    @Test("The configuration counts in the place of code, and an operator in the place of both")
    func configured() async throws {
        try await hub(ActivityLimits(concurrency: 4), configured: ActivityLimits(concurrency: 1)) { hub, client, runs in
            #expect(try await client.start(Self.many, 6).result() == 15)
            #expect(runs.most == 1)
            try await client.setLimits(ActivityLimits(concurrency: 3), of: "Charge")
            #expect(try await client.start(Self.many, 6).result() == 15)
            #expect(runs.most == 3)
        }
    }

    @Test("A rate passes with time")
    func rate() async throws {
        try await hub(ActivityLimits(rate: RateLimit(60, per: .seconds(3600)))) { hub, client, runs in
            let fan = try await client.start(Self.many, 5)
            await hub.rest()
            #expect(runs.begun.count == 1)
            try await hub.advance(by: .seconds(150))
            await hub.rest()
            #expect(runs.begun.count == 3)
            try await hub.advance(by: .seconds(120))
            #expect(try await fan.result() == 10)
        }
    }

    @Test("What is out of range is refused with the field and the range")
    func refusals() async throws {
        try await hub(nil) { _, client, _ in
            let error = await #expect(throws: ClientError.self) {
                try await client.setLimits(ActivityLimits(concurrency: -1), of: "Charge")
            }
            #expect(error?.code == .invalidArgument && error?.message.contains("'concurrency' is -1") == true)
            await #expect(throws: ClientError.self) { try await client.clearLimits(of: "no name") }
        }
    }
}
