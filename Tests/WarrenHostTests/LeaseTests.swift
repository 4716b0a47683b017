import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// Activities that take longer than a broker lets a delivery stay unacknowledged. Time is virtual; a worker whose clock
/// stands still is one that is not heard of.
@Suite("Leases of long activities", .timeLimit(.minutes(5)))
struct LeaseTests {
    private static let work = Activity<Int, String>("Work")
    private static let enough = ExternalEvent<Bool>("Enough")
    private static let once = Orchestration<Int, String>("Once")
    private static let hour = Duration.seconds(3600)

    /// Calls the activity, and ends when it is told to, so that late answers find the instance running.
    private static func registerOnce(_ host: TaskHubHost) { registerOnce(host, answered: Happenings()) }

    /// - Parameter answered: is told of the answer that counts.
    private static func registerOnce(_ host: TaskHubHost, answered: Happenings<String>) {
        host.register(once) { context, number in
            let result = try await context.call(work, number)
            answered.add(result)
            _ = try await context.wait(for: enough)
            return result
        }
    }

    /// The answers to activities that an instance's history has.
    private func results(_ instance: OrchestrationInstance<String>) async throws -> [String] {
        let status = try await instance.status(includeHistory: true)
        return try #require(status?.history).map(\.json).filter { $0.contains("TaskCompleted") }
    }

    @Test("A long activity is acknowledged early and kept by heartbeats, and its result arrives once")
    func heartbeats() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let gate = Gate()
            let worker = try await cluster.start([.activity]) { host in
                host.register(Self.work) { number, context in
                    began.add(context.attempt)
                    await gate.pass()
                    return "done \(context.attempt)"
                }
            }
            let answered = Happenings<String>()
            let host = try await cluster.start([.orchestrator]) { Self.registerOnce($0, answered: answered) }
            let instance = try await cluster.client.start(Self.once, 1, id: "long")
            try await began.wait(for: 1)
            worker.pass(.seconds(30))
            // Comes to rest only if the work item is acknowledged although its activity runs.
            try await cluster.rest(host, worker)

            // An hour in steps of ten seconds: without renewals, the lease of a minute would run out.
            for _ in 0..<360 {
                worker.pass(.seconds(10))
                try await cluster.rest(host, worker)
                host.pass(.seconds(10))
                try await cluster.rest(host, worker)
            }
            #expect(began.all == [1])
            gate.open()
            try await answered.wait(for: 1)
            try await cluster.rest(host, worker)
            #expect(try await results(instance).count == 1)
            try await cluster.client.raise(Self.enough, true, to: "long")
            #expect(try await instance.result() == "done 1")
            host.pass(Self.hour)
            try await cluster.rest(host, worker)
            #expect(began.all == [1])
            #expect(try await cluster.deadLetters == 0)
            try await worker.stop()
            try await host.stop()
        }
    }

    @Test(
        "A silent worker's item is dispatched again under the same idempotency key, and one answer counts",
        arguments: [[1, 2], [2, 1]])
    func silence(order: [Int]) async throws {
        try await Cluster.run { cluster in
            let began = Happenings<(attempt: Int, key: String)>()
            let gates = [1: Gate(), 2: Gate()]
            let ended = Happenings<Int>()
            let worker = try await cluster.start([.activity]) { host in
                host.register(Self.work) { number, context in
                    began.add((context.attempt, context.idempotencyKey))
                    await gates[context.attempt]?.pass()
                    ended.add(context.attempt)
                    return "done \(context.attempt)"
                }
            }
            let answered = Happenings<String>()
            let host = try await cluster.start([.orchestrator]) { Self.registerOnce($0, answered: answered) }
            let instance = try await cluster.client.start(Self.once, 1, id: "silent")
            try await began.wait(for: 1)
            worker.pass(.seconds(30))
            try await cluster.rest(host, worker)

            // The worker's clock stands still from here on.
            host.pass(.seconds(59))
            try await cluster.rest(host)
            #expect(began.all.count == 1)
            try await host.pass(.seconds(1)) { began.all.count > 1 }
            let dispatches = began.all
            #expect(dispatches.map(\.attempt) == [1, 2])
            #expect(Set(dispatches.map(\.key)).count == 1)

            for (position, attempt) in order.enumerated() {
                gates[attempt]?.open()
                try await ended.wait(for: position + 1)
                try await answered.wait(for: 1)
            }
            try await cluster.rest(host, worker)
            #expect(try await results(instance).count == 1)
            try await cluster.client.raise(Self.enough, true, to: "silent")
            #expect(try await instance.result() == "done \(order[0])")
            #expect(try await cluster.deadLetters == 0)
            try await worker.stop()
            try await host.stop()
        }
    }

    @Test("A heartbeat of a dispatch that was given up does not hold the item for its successor")
    func staleHeartbeat() async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let host = try await cluster.start([.orchestrator], register: Self.registerOnce)
            _ = try await cluster.client.start(Self.once, 1, id: "stale")
            let first = try await worker.item(1)
            try await worker.answer(first, .heartbeat(lease: .seconds(60)))
            try await host.pass(.seconds(60)) { worker.count > 1 }
            let second = try await worker.item(2)
            #expect(second.item.attempt == 2)
            try await worker.answer(second, .heartbeat(lease: .seconds(60)))
            host.pass(.seconds(50))
            try await worker.answer(first, .heartbeat(lease: .seconds(3600)))
            try await host.pass(.seconds(10)) { worker.count > 2 }
            #expect(try await worker.item(3).item.attempt == 3)
            try await host.stop()
        }
    }

    @Test("An item that a worker gives back is given out at once, for each dispatch once", arguments: [true, false])
    func release(isLeased: Bool) async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let host = try await cluster.start([.orchestrator], register: Self.registerOnce)
            let instance = try await cluster.client.start(Self.once, 1, id: "released")
            let first = try await worker.item(1)
            if isLeased { try await worker.answer(first, .heartbeat(lease: .seconds(60))) }
            try await worker.answer(first, .released)
            try await worker.answer(first, .released)
            try await worker.answer(first, .heartbeat(lease: .seconds(60)))
            let second = try await worker.item(2)
            #expect(second.item.attempt == 2)
            try await worker.answer(second, .released, tellsAttempt: false)
            let third = try await worker.item(3)
            #expect(third.item.attempt == 3)
            // The broker has it, so no lease ends.
            host.pass(Self.hour)
            try await cluster.rest(host)
            #expect(worker.count == 3)
            try await worker.answer(third, .completed(Payload(json: #""done""#)))
            try await worker.answer(third, .released)
            try await cluster.client.raise(Self.enough, true, to: "released")
            #expect(try await instance.result() == "done")
            try await worker.answer(third, .released)
            try await cluster.rest(host)
            #expect(worker.count == 3)
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test("Dispatches are counted on for workers that do not say which one they answer, over a restart too")
    func attempts() async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            var host = try await cluster.start([.orchestrator], register: Self.registerOnce)
            let instance = try await cluster.client.start(Self.once, 1, id: "plain")
            for attempt in 1...4 {
                let call = try await worker.item(attempt)
                #expect(call.item.attempt == attempt)
                if attempt == 3 {
                    try await cluster.rest(host)
                    try await host.stop()
                    host = try await cluster.start([.orchestrator], register: Self.registerOnce)
                }
                try await worker.answer(call, .heartbeat(lease: .seconds(60)), tellsAttempt: false)
                try await host.pass(.seconds(60)) { worker.count > attempt }
            }
            let last = try await worker.item(5)
            try await worker.answer(last, .completed(Payload(json: #""done""#)), tellsAttempt: false)
            try await cluster.client.raise(Self.enough, true, to: "plain")
            #expect(try await instance.result() == "done")
            #expect(worker.count == 5)
            try await host.stop()
        }
    }

    @Test("A lease outlives its host: the result counts, and silence is noticed", arguments: [true, false])
    func restart(workerIsAlive: Bool) async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let host = try await cluster.start([.orchestrator], register: Self.registerOnce)
            let instance = try await cluster.client.start(Self.once, 1, id: "kept")
            var call = try await worker.item(1)
            try await worker.answer(call, .heartbeat(lease: .seconds(60)))
            try await cluster.rest(host)
            try await host.stop()

            let next = try await cluster.start([.orchestrator], register: Self.registerOnce)
            try await cluster.rest(next)
            // Nothing is sent again as long as the lease holds.
            next.pass(.seconds(59))
            try await cluster.rest(next)
            #expect(worker.count == 1)
            if !workerIsAlive {
                try await next.pass(.seconds(1)) { worker.count > 1 }
                call = try await worker.item(2)
                #expect(call.item.attempt == 2)
            }
            try await worker.answer(call, .completed(Payload(json: #""done""#)))
            next.pass(Self.hour)
            try await cluster.rest(next)
            #expect(worker.count == (workerIsAlive ? 1 : 2))
            try await cluster.client.raise(Self.enough, true, to: "kept")
            #expect(try await instance.result() == "done")
            try await next.stop()
        }
    }

    @Test("An activity that begins after another was leased is leased in its own time")
    func laterActivity() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let gate = Gate()
            let worker = try await cluster.start([.activity]) {
                $0.leases.after = .seconds(1)
            } register: { host in
                host.register(Self.work) { number in
                    began.add(number)
                    await gate.pass()
                    return "done \(number)"
                }
            }
            let host = try await cluster.start([.orchestrator], register: Self.registerOnce)
            for number in 1...2 {
                _ = try await cluster.client.start(Self.once, number, id: "later-\(number)")
                try await began.wait(for: number)
                // The first one's next heartbeat is 20 seconds away by then.
                worker.pass(.seconds(1))
                try await cluster.rest(host, worker)
            }
            gate.open()
            for number in 1...2 { try await cluster.client.raise(Self.enough, true, to: "later-\(number)") }
            let handle = cluster.client.instance(of: Self.once, id: "later-2")
            #expect(try await handle.result() == "done 2")
            try await worker.stop()
            try await host.stop()
        }
    }
}
