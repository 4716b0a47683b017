import Dispatch
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// How much a host runs at once.
@Suite("Limits on what runs at once", .timeLimit(.minutes(5)))
struct LimitTests {
    private static let work = Activity<Int, Int>("Work")
    private static let other = Activity<Int, Int>("Other")
    private static let single = Orchestration<Int, Int>("Single")
    private static let many = Orchestration<Int, [Int]>("Many")
    private static let plain = Orchestration<Int, Int>("Plain")

    /// Counts who is in.
    private final class Occupancy: Sendable {
        private let state = Mutex((now: 0, most: 0))
        var most: Int { state.withLock { $0.most } }

        @discardableResult
        func enter() -> Int {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                return state.now
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }

    private struct Unlucky: Error {}

    @Test("Activities run up to the limit and never beyond, of whatever name, whether they succeed or throw")
    func activities() async throws {
        try await Cluster.run { cluster in
            let occupancy = Occupancy()
            let began = Happenings<Int>()
            let gate = Gate()
            @Sendable func body(_ number: Int) async throws -> Int {
                occupancy.enter()
                defer { occupancy.leave() }
                began.add(number)
                await gate.pass()
                if number.isMultiple(of: 3) { throw Unlucky() }
                return number
            }
            let host = try await cluster.start {
                $0.activities.concurrency = 3
            } register: { host in
                host.register(Self.work) { try await body($0) }
                host.register(Self.other) { try await body($0) }
                host.register(Self.plain) { _, number in number }
                host.register(Self.many) { context, count in
                    let calls = (1...count).map { context.start($0.isMultiple(of: 2) ? Self.work : Self.other, $0) }
                    var done: [Int] = []
                    for call in calls {
                        do { done.append(try await call.value) } catch let failure as TaskFailure {
                            done.append(failure.details.type == "Unlucky" ? -1 : -2)
                        }
                    }
                    return done
                }
            }
            let instance = try await cluster.client.start(Self.many, 30)
            try await began.wait(for: 3)
            // Whatever else were allowed in would be in by the time that all this has gone through the host.
            for number in 0..<20 {
                #expect(try await cluster.client.start(Self.plain, number).result() == number)
            }
            #expect(began.all.count == 3)
            gate.open()
            #expect(try await instance.result() == (1...30).map { $0.isMultiple(of: 3) ? -1 : $0 })
            #expect(occupancy.most == 3)
            #expect(began.all.count == 30)
            try await host.stop()
        }
    }

    @Test("An activity's end lets its instance go on, and the next activity in, while others hold their places")
    func places() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let gates = (0..<6).map { _ in Gate() }
            let host = try await cluster.start {
                $0.activities.concurrency = 2
            } register: { host in
                host.register(Self.work) { number in
                    began.add(number)
                    await gates[number].pass()
                    if number == 1 { throw Unlucky() }
                    return number
                }
                host.register(Self.single) { context, number in try await context.call(Self.work, number) }
            }
            var instances: [OrchestrationInstance<Int>] = []
            for number in 0..<6 { instances.append(try await cluster.client.start(Self.single, number)) }
            // Whichever two are in: one of them ends, one more comes in, and so on, the other one staying.
            let first = try await began.wait(for: 2)
            let holder = first[0]
            for turn in 1..<5 {
                let ending = began.all[turn]
                gates[ending].open()
                do {
                    #expect(try await instances[ending].result() == ending)
                } catch let failure as OrchestrationFailure {
                    #expect(ending == 1, "\(failure)")
                }
                try await began.wait(for: turn + 2)
            }
            gates[began.all[5]].open()
            gates[holder].open()
            for number in [began.all[5], holder] where number != 1 {
                #expect(try await instances[number].result() == number)
            }
            #expect(Set(began.all) == Set(0..<6))
            try await host.stop()
        }
    }

    @Test("Long activities leave the rest of their queue to other workers, and their ends let more in")
    func prefetch() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let gate = Gate()
            let full = try await worker(cluster, places: 2, began, gate)
            let host = try await orchestrator(cluster)
            let queue = cluster.names.activityQueue("Work")
            let instance = try await cluster.client.start(Self.many, 10)
            try await began.wait(for: 2)
            full.pass(.seconds(30))
            try await full.log.wait(for: "Long activities have all places; the queue is left to others")
            #expect(try await cluster.transport.depth(of: queue) == 8)

            let idle = Happenings<Int>()
            let idleGate = Gate()
            let other = try await worker(cluster, places: 4, idle, idleGate)
            try await idle.wait(for: 4)
            #expect(began.all.count == 2)
            gate.open()
            try await full.log.wait(for: "Work is taken from the queue again")
            idleGate.open()
            #expect(try await instance.result() == Array(1...10))
            #expect(began.all.count + idle.all.count == 10)
            try await other.stop()
            try await full.stop()
            try await host.stop()
        }
    }

    @Test("What waits behind long activities of another name is handed back, and another worker has it at once")
    func handingBack() async throws {
        try await Cluster.run { cluster in
            let began = Happenings<Int>()
            let gate = Gate()
            let attempts = Happenings<Int>()
            let full = try await cluster.start([.activity]) {
                $0.activities.concurrency = 1
            } register: { host in
                host.register(Self.work) { number in
                    began.add(number)
                    await gate.pass()
                    return number
                }
                host.register(Self.other) { number in -number }
            }
            let host = try await cluster.start([.orchestrator]) { host in
                host.register(Self.single) { context, number in
                    let long = context.start(Self.work, number)
                    // Only now, so that the long one has the place.
                    try await context.sleep(for: .seconds(1))
                    let short = try await context.call(Self.other, number)
                    return try await long.value + short
                }
            }
            let instance = try await cluster.client.start(Self.single, 7)
            try await began.wait(for: 1)
            try await host.pass(.seconds(1)) { cluster.transport.unsettled == 2 }
            full.pass(.seconds(30))
            try await full.log.wait(for: "Long activities have all places; the queue is left to others", count: 2)
            let other = try await cluster.start([.activity]) { host in
                host.register(Self.other) { number, context in
                    attempts.add(context.attempt)
                    return number
                }
            }
            try await attempts.wait(for: 1)
            #expect(attempts.all == [2])
            gate.open()
            #expect(try await instance.result() == 14)
            #expect(try await cluster.deadLetters == 0)
            try await other.stop()
            try await full.stop()
            try await host.stop()
        }
    }

    private func worker(
        _ cluster: Cluster, places: Int, _ began: Happenings<Int>, _ gate: Gate
    ) async throws -> Cluster.Node {
        try await cluster.start([.activity]) {
            $0.activities.concurrency = places
        } register: { host in
            host.register(Self.work) { number in
                began.add(number)
                await gate.pass()
                return number
            }
        }
    }

    private func orchestrator(_ cluster: Cluster) async throws -> Cluster.Node {
        try await cluster.start([.orchestrator]) { host in
            host.register(Self.many) { context, count in
                try await context.all((1...count).map { context.start(Self.work, $0) })
            }
        }
    }

    /// Instance IDs, one in each partition.
    private func identifiers(_ cluster: Cluster) -> [String] {
        (0..<Cluster.partitions).map { partition in
            (0...).lazy.map { "instance-\($0)" }
                .first { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }!
        }
    }

    @Test("Partitions run orchestrators side by side, up to the limit", arguments: [1, 2])
    func orchestrations(limit: Int) async throws {
        try await Cluster.run { cluster in
            let occupancy = Occupancy()
            let both = DispatchSemaphore(value: 0)
            let host = try await cluster.start {
                $0.orchestrations.concurrency = limit
            } register: { host in
                host.register(Self.plain) { _, number in
                    // Holds its thread until another partition runs too. With a limit of 1 that cannot be: it gives up.
                    if occupancy.enter() == 2 { both.signal() } else { _ = Self.wait(both, limit) }
                    occupancy.leave()
                    return number
                }
            }
            let ids = identifiers(cluster)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask {
                        let output = try await cluster.client.start(Self.plain, 7, id: id).result()
                        #expect(output == 7)
                    }
                }
                try await group.waitForAll()
            }
            #expect(occupancy.most == limit)
            try await host.stop()
        }
    }

    /// Blocking a thread is what this test is about; it may not be done in an `async` function by name.
    private static func wait(_ semaphore: DispatchSemaphore, _ limit: Int) -> DispatchTimeoutResult {
        semaphore.wait(timeout: .now() + (limit == 1 ? 0.2 : 240))
    }
}
