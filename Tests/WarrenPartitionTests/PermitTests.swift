import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Limits of activities over several partitions: how many run, in which order, and what is kept.
@Suite("Permits", .timeLimit(.minutes(5)))
struct PermitTests {
    private static let two = ActivityLimits(concurrency: 2)

    @Test("Without limits nothing is new: no message, no row, and priority and key change nothing")
    func unlimited() throws {
        let world = try PermitWorld()
        world.order = CallOrder(priority: 9, fairnessKey: "a")
        try world.start()
        #expect(world.running.count == 1 && world.messages.isEmpty && world.rows.isEmpty)
        #expect(world.dispatched[0].order == CallOrder())
        try world.answer()
        try world.settle()
        #expect(world.status(of: "i1") == .completed && world.rows.isEmpty)
    }

    @Test("No more than the limit run at once, over all partitions; each end lets the next one begin, in order")
    func concurrency() throws {
        let world = try PermitWorld(partitions: 4)
        try world.limit(Self.two)
        for _ in 0..<10 { try world.start() }
        try world.settle()
        #expect(world.running.count == 2 && world.permits?.waitingCount == 8)
        while !world.running.isEmpty {
            try world.answer()
            try world.settle()
        }
        #expect(world.most == 2 && world.dispatched.count == 10)
        #expect(Set(world.dispatched.map(\.token.instanceID)).count == 10)
        // What is left is the limits themselves, in each partition.
        #expect(world.rows.count == 4 && world.rows.allSatisfy { $0.hasPrefix("limits:Act") })
        #expect((1...10).allSatisfy { world.status(of: "i\($0)") == .completed })
    }

    @Test("The instance shows that it waits for a permit, and the work item has its place")
    func waits() throws {
        let world = try PermitWorld()
        try world.limit(ActivityLimits(concurrency: 0))
        world.order = CallOrder(priority: 7)
        let id = try world.start(tags: [CallOrder.fairnessTag: "acme", CallOrder.priorityTag: "1"])
        try world.settle()
        func kind() throws -> OpenWait.Kind? {
            let reply = ReplyAddress(queue: "reply.a", correlationID: "c")
            let asked = world.benches[0].step(
                .command(
                    .query(QueryCommand(.status(instanceID: id, includeHistory: false), context: .init(reply: reply)))))
            return asked.asked.first?.snapshots[id]?.waits.listed.first?.kind
        }
        #expect(try kind() == .permit)
        try world.limit(Self.two, isOperators: true)
        try world.settle()
        #expect(try kind() == .activity)
        #expect(world.dispatched.map(\.order) == [CallOrder(priority: 7, fairnessKey: "acme")])
    }

    @Test("The owner of the permits and the partitions of the calls can lose their memory at any time")
    func restarts() throws {
        let world = try PermitWorld(partitions: 3)
        try world.limit(Self.two)
        for _ in 0..<12 {
            try world.start()
            for partition in 0..<3 { try world.crash(partition) }
        }
        try world.settle()
        #expect(world.running.count == 2 && world.permits?.waitingCount == 10)
        while !world.running.isEmpty {
            try world.answer()
            while !world.messages.isEmpty {
                try world.deliver(isRepeated: world.messages.count == 1 && world.dispatched.count.isMultiple(of: 3))
                for partition in 0..<3 { try world.crash(partition) }
                if world.messages.count > 1 { world.messages.removeLast(0) }
                if world.dispatched.count.isMultiple(of: 3), !world.messages.isEmpty { try world.deliver() }
            }
        }
        #expect(world.most == 2 && world.dispatched.count == 12)
    }

    @Test(
        "A limit that is lowered takes nothing back, one that is raised lets calls begin, 0 stops, clearing lets all go"
    )
    func changes() throws {
        let world = try PermitWorld(partitions: 2)
        try world.limit(ActivityLimits(concurrency: 4))
        for _ in 0..<10 { try world.start() }
        try world.settle()
        #expect(world.running.count == 4)
        try world.limit(ActivityLimits(concurrency: 1))
        try world.settle()
        for left in [3, 2, 1, 1, 1] {
            try world.answer()
            try world.settle()
            #expect(world.running.count == left)
        }
        try world.limit(ActivityLimits(concurrency: 3), isOperators: true)
        try world.settle()
        #expect(world.running.count == 3)
        // The operator's choice counts, whatever a host says that starts now.
        try world.limit(ActivityLimits(concurrency: 9))
        try world.settle()
        #expect(world.running.count == 3 && world.permits?.waitingCount == 2)
        try world.limit(ActivityLimits(concurrency: 0), isOperators: true)
        try world.answer()
        try world.settle()
        #expect(world.running.count == 2 && world.permits?.waitingCount == 2)
        try world.clear()
        try world.settle()
        #expect(world.running.count == 4)
        while !world.running.isEmpty { try world.answer() }
        try world.settle()
        #expect(world.rows.isEmpty && world.permits == nil)
    }

    @Test(
        "A call that is given up while it waits leaves the queue; while a worker has it, its permit stays for the lease"
    )
    func givenUp() throws {
        let world = try PermitWorld(partitions: 2)
        try world.limit(ActivityLimits(concurrency: 1))
        let first = try world.start()
        try world.settle()
        let second = try world.start()
        try world.start()
        try world.settle()
        try world.terminate(second)
        try world.settle()
        #expect(world.permits?.waitingCount == 1)
        try world.terminate(first)
        try world.settle()
        #expect(world.dispatched.count == 1, "the worker may still be busy")
        try world.pass(.seconds(59))
        try world.settle()
        #expect(world.dispatched.count == 1)
        try world.pass(.seconds(1))
        try world.settle()
        #expect(world.dispatched.count == 2)
    }

    @Test("The late answer of a worker frees the permit of a call that was given up at once")
    func lateAnswer() throws {
        let world = try PermitWorld(partitions: 2)
        try world.limit(ActivityLimits(concurrency: 1))
        let first = try world.start()
        try world.settle()
        try world.start()
        try world.terminate(first)
        try world.settle()
        #expect(world.dispatched.count == 1)
        try world.answer()
        try world.settle()
        #expect(world.dispatched.count == 2)
    }

    @Test("The time to begin runs out while a call waits for a permit; it leaves the queue")
    func scheduleToStart() throws {
        let world = try PermitWorld()
        try world.limit(ActivityLimits(concurrency: 1))
        world.timeouts = ActivityTimeouts(scheduleToStart: .seconds(5))
        try world.start()
        try world.settle()
        // Its worker has begun.
        let token = try #require(world.running.first?.token)
        let beat = WorkResult.Outcome.heartbeat(lease: .seconds(60), details: nil, worker: nil)
        world.messages.append((0, .command(.workResult(WorkResult(token: token, outcome: beat, attempt: 1)))))
        let second = try world.start()
        try world.settle()
        #expect(world.permits?.waitingCount == 1)
        try world.pass(.seconds(5))
        try world.settle()
        #expect(world.status(of: second) == .failed && world.status(of: "i1") == .running)
        #expect(world.permits?.waitingCount == 0 && world.permits?.givenCount == 1)
    }

    @Test("A rate holds over a restart, and beginnings are spread evenly")
    func rate() throws {
        let world = try PermitWorld(partitions: 2)
        try world.limit(ActivityLimits(rate: RateLimit(60, per: .seconds(60), burst: 2)))
        for _ in 0..<6 { try world.start() }
        try world.settle()
        #expect(world.dispatched.count == 2)
        for partition in 0..<2 { try world.crash(partition) }
        try world.settle()
        #expect(world.dispatched.count == 2)
        for expected in 3...6 {
            try world.pass(.milliseconds(999))
            try world.settle()
            #expect(world.dispatched.count == expected - 1)
            try world.pass(.milliseconds(1))
            try world.settle()
            #expect(world.dispatched.count == expected)
        }
    }

    @Test("A hundred thousand calls of one customer do not hold up ten of another")
    func fairness() throws {
        let owner = ActivityPermits(KnownLimits(activity: "Act", code: ActivityLimits(concurrency: 4)))
        let now = Timestamp(microseconds: 1_000_000)
        func call(_ id: Int64, _ key: String) -> PermitCall {
            PermitCall(
                id: id, activity: "Act",
                token: TaskToken(partition: 0, instanceID: "i", executionID: "e\(id)", taskID: 0), fairnessKey: key,
                since: now)
        }
        for id in 1...100_000 { owner.wait(call(Int64(id), "large")) }
        var running: [PermitCall] = []
        func begin() -> String? {
            guard let next = owner.next(now: now) else { return nil }
            owner.give(next)
            running.append(next)
            return next.fairnessKey
        }
        while begin() != nil {}
        #expect(running.count == 4)
        for id in 100_001...100_010 { owner.wait(call(Int64(id), "small")) }
        var small = 0
        var ends = 0
        while small < 10 {
            _ = owner.end(running.removeFirst().key, busyUntil: nil, now: now)
            ends += 1
            if begin() == "small" { small += 1 }
        }
        #expect(ends <= 20)
    }

    @Test("Lower priorities wait, but not for ever: one permit in five goes to the call that has waited longest")
    func aging() throws {
        let world = try PermitWorld()
        try world.limit(ActivityLimits(concurrency: 1, patience: .seconds(60)))
        world.order = CallOrder(priority: 0)
        let low = try world.start()
        let lower = try world.start()
        try world.settle()
        #expect(world.running.map(\.token.instanceID) == [low])
        world.order = CallOrder(priority: 9)
        func turns(_ count: Int) throws -> [String] {
            try (0..<count).map { _ in
                try world.start()
                try world.answer()
                try world.settle()
                return world.running.first?.token.instanceID ?? ""
            }
        }
        #expect(try !turns(10).contains(lower))
        try world.pass(.seconds(60))
        #expect(try turns(5).contains(lower))
    }

    @Test("A permit of a call that ended without a word is found by asking")
    func forgotten() throws {
        let world = try PermitWorld(partitions: 2)
        try world.limit(ActivityLimits(concurrency: 1))
        try world.start()
        try world.settle()
        try world.start()
        // The instance ends, and the message about that is lost with its partition.
        try world.answer()
        try world.deliver(world.messages.count - 1)
        world.messages.removeAll {
            if case .command(.permit(let permit)) = $0.work { permit.verb == .release } else { false }
        }
        try world.settle()
        #expect(world.dispatched.count == 1)
        for _ in 0..<3 {
            try world.pass(.seconds(60))
            try world.settle()
        }
        #expect(world.dispatched.count == 2)
    }

    @Test("Rows of calls and limits are read as they were written")
    func rows() throws {
        var call = PermitCall(
            id: 7, activity: "Act",
            token: TaskToken(partition: 3, instanceID: "a b|c", executionID: "e", taskID: 12), priority: 9,
            fairnessKey: "é/1", since: Timestamp(microseconds: 5))
        #expect(PermitSubject.call(PermitSubject.of(call), id: 7) == call)
        call.isGiven = true
        call.busyUntil = Timestamp(microseconds: 9)
        #expect(PermitSubject.call(PermitSubject.of(call), id: 7) == call)
        let known = KnownLimits(
            activity: "Act", code: ActivityLimits(concurrency: 3, rate: RateLimit(5, per: .seconds(2), burst: 4)),
            operators: ActivityLimits(concurrency: 1, patience: .seconds(9)), paidUntil: Timestamp(microseconds: 77))
        #expect(PermitSubject.limits(PermitSubject.of(known)) == known)
        for subject in ["permit:", "permit:given\nAct", "limits:Act", "limits:Act\nno", "instance:i", "permit"] {
            #expect(PermitSubject.call(subject, id: 1) == nil && PermitSubject.limits(subject) == nil)
        }
    }

    @Test(
        "Never more than the limit, and nobody waits for ever, whatever is lost, repeated, late or given up",
        arguments: 0..<12)
    func anything(seed: Int) throws {
        var random = Entropy(seed: (UInt64(seed) &* 104_729 | 1, 5, 6, 7))
        let limit = Int.random(in: 1...4, using: &random)
        let world = try PermitWorld(partitions: 3)
        try world.limit(ActivityLimits(concurrency: limit))
        var started: [String] = []
        func turn(isLoading: Bool) throws {
            // A worker is done in less than a lease.
            while let old = world.running.firstIndex(where: { world.now.duration(since: $0.since) > .seconds(40) }) {
                try world.answer(old)
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<2 where isLoading:
                world.order = CallOrder(
                    priority: Int.random(in: 0...9, using: &random),
                    fairnessKey: "k\(Int.random(in: 0..<3, using: &random))")
                started.append(try world.start(calls: Int.random(in: 1...3, using: &random)))
            case 2 where isLoading:
                if let id = started.randomElement(using: &random) { try world.terminate(id) }
            case 3: try world.crash(Int.random(in: 0..<3, using: &random))
            case 4:
                guard let message = world.messages.randomElement(using: &random) else { return }
                try world.crash(message.partition, in: message.work)
            case 5: try world.pass(.seconds(Int.random(in: 1...9, using: &random)))
            case 6, 7:
                guard !world.running.isEmpty else { return }
                try world.answer(Int.random(in: 0..<world.running.count, using: &random))
            default:
                guard !world.messages.isEmpty else { return }
                try world.deliver(
                    Int.random(in: 0..<world.messages.count, using: &random),
                    isRepeated: isLoading && Int.random(in: 0..<4, using: &random) == 0)
            }
            #expect(world.running.count <= limit)
        }
        for _ in 0..<600 { try turn(isLoading: true) }
        var turns = 0
        func isDone() -> Bool { started.allSatisfy { world.status(of: $0)?.isTerminal == true } }
        while !isDone(), turns < 20_000 {
            try turn(isLoading: false)
            turns += 1
        }
        #expect(isDone(), "after \(turns) turns")
        #expect(world.most <= limit)
        // Workers end, and the leases of those that were given up run out.
        while !world.running.isEmpty { try world.answer() }
        for _ in 0..<3 {
            try world.settle()
            try world.pass(.seconds(70))
        }
        #expect(world.rows.count == 3, "\(world.rows)")
    }
}
