import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// How often an orchestrator's code is run. Nothing stays warm here, so that every time is a replay.
@Suite("Replays of cold orchestrations", .timeLimit(.minutes(5)))
struct ReplayCountTests {
    private static let step = Activity<Int, Int>("Step")
    private static let long = Activity<Int, String>("Long")
    private static let enough = ExternalEvent<Bool>("Enough")
    private static let flow = Orchestration<Int, String>("Flow")

    /// Two short activities, a long one, and an event.
    private static func register(_ host: TaskHubHost, counting runs: Watched<Int>) {
        host.register(step) { $0 + 1 }
        host.register(flow) { context, number in
            runs.change { $0 += 1 }
            let first = try await context.call(step, number)
            let second = try await context.call(step, first)
            let result = try await context.call(long, second)
            _ = try await context.wait(for: enough)
            return result
        }
    }

    @Test("Heartbeats, a lease's end, a release and late answers run no code; a result runs it once")
    func counted() async throws {
        try await Cluster.run { cluster in
            let runs = Watched(0)
            let host = try await cluster.start([.orchestrator, .activity]) { configuration in
                configuration.orchestrations.warmInstances = 0
            } register: { host in
                Self.register(host, counting: runs)
            }
            let worker = try await ScriptedWorker.start("Long", in: cluster)
            let instance = try await cluster.client.start(Self.flow, 1, id: "cold")
            let item = try await worker.item(1)
            try await cluster.rest(host)
            // At its start, and at each of two results.
            #expect(runs.value == 3)

            for _ in 0..<50 {
                try await worker.answer(item, .heartbeat(lease: .seconds(60)))
                host.pass(.seconds(20))
                try await cluster.rest(host)
            }
            #expect(runs.value == 3, "heartbeats")

            try await worker.answer(item, .released)
            let second = try await worker.item(2)
            try await cluster.rest(host)
            #expect(runs.value == 3, "a release")

            try await worker.answer(second, .heartbeat(lease: .seconds(60)))
            try await cluster.rest(host)
            host.pass(.seconds(61))
            let third = try await worker.item(3)
            try await cluster.rest(host)
            #expect(runs.value == 3, "the end of a lease")

            try await worker.answer(third, .completed(Payload(json: "\"done\"")))
            try await cluster.rest(host)
            #expect(runs.value == 4, "the result")

            // What comes late, or again, finds nothing open.
            try await worker.answer(second, .completed(Payload(json: "\"late\"")))
            try await worker.answer(third, .completed(Payload(json: "\"again\"")))
            try await worker.answer(third, .heartbeat(lease: .seconds(60)))
            try await worker.answer(item, .released)
            try await cluster.rest(host)
            #expect(runs.value == 4, "late answers")

            // Questions run nothing, either.
            #expect(try await instance.status(includeHistory: true)?.history?.isEmpty == false)
            #expect(try await cluster.client.list().instances.count == 1)
            #expect(runs.value == 4, "questions")

            try await cluster.client.raise(Self.enough, true, to: "cold")
            #expect(try await instance.result() == "done")
            #expect(runs.value == 5)
            try await host.stop()
        }
    }
}
