import Synchronization
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// Operators' commands through client, intake, partitions and outbox, in virtual time: instances and their children are
/// in several partitions.
@Suite("Operators' commands: flow", .timeLimit(.minutes(5)))
struct OperatorFlowTests {
    private static let work = Activity<String, String>("Work")
    private static let line = Orchestration<[String], String>("Line")
    private static let lines = Orchestration<[[String]], [String]>("Lines")
    private static let branches = Orchestration<Void, String>("Branches")
    private static let handled = Orchestration<Void, String>("Handled")
    private static let edited = Orchestration<Void, String>("Edited")
    private static let nested = Orchestration<Int, Int>("Nested")
    private static let sum = Orchestration<Int, Int>("Sum")
    private static let add = ExternalEvent<Int>("Add")

    private struct NoLuck: Error {}

    /// What the activities did, and which of them fail.
    private final class World: Sendable {
        private struct State {
            var runs: [String: Int] = [:]
            var broken: Set<String> = []
            var isFixed = false
        }

        private let state = Mutex(State())

        func run(_ job: String) throws -> String {
            try state.withLock { state in
                state.runs[job, default: 0] += 1
                if state.broken.contains(job) { throw NoLuck() }
                return job.uppercased()
            }
        }

        func setBroken(_ jobs: Set<String>) { state.withLock { $0.broken = jobs } }
        func deployFix() { state.withLock { $0.isFixed = true } }
        var isFixed: Bool { state.withLock { $0.isFixed } }
        /// How often each job ran, as text.
        var runs: [String: Int] { state.withLock { $0.runs } }
    }

    private func hub(_ body: (TestHub, World) async throws -> Void) async throws {
        for replays in [false, true] {
            let world = World()
            try await withTaskHub(TestHubOptions(partitionCount: 4, replaysEveryEpisode: replays)) { hub in
                register(hub, world)
                try await body(hub, world)
            }
        }
    }

    private func register(_ hub: TestHub, _ world: World) {
        hub.register(Self.work) { job, _ in try world.run(job) }
        // Jobs, one after the other.
        hub.register(Self.line) { context, jobs in
            var done: [String] = []
            for job in jobs { done.append(try await context.call(Self.work, job)) }
            return done.joined()
        }
        // Lines side by side, each a child.
        hub.register(Self.lines) { context, lines in
            let children = lines.enumerated().map { index, jobs in
                context.start(Self.line, jobs, id: "\(context.instanceID)-\(index)")
            }
            return try await context.all(children)
        }
        // Two branches: one fails while the other goes on.
        hub.register(Self.branches) { context in
            let bad = context.start(Self.work, "bad")
            let first = try await context.call(Self.work, "a")
            let second = try await context.call(Self.work, first)
            return try await second + bad.value
        }
        hub.register(Self.handled) { context in
            do {
                return try await context.call(Self.work, "first")
            } catch is TaskFailure {
                let other = try await context.call(Self.work, "instead")
                return try await other + context.call(Self.work, "last")
            }
        }
        hub.register(Self.edited) { context in
            let done = try await context.call(Self.work, "before")
            guard world.isFixed else { throw NoLuck() }
            return try await done + context.call(Self.work, "after")
        }
        // As many generations of children as it is told, and an event at the end.
        hub.register(Self.nested) { context, depth in
            if depth > 0 { return try await context.call(Self.nested, depth - 1, id: "\(context.instanceID).\(depth)") }
            return try await context.wait(for: Self.add)
        }
        hub.register(Self.sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: Self.add)
                if number == 0 { return sum }
                sum += number
            }
        }
    }

    private func status(_ hub: TestHub, _ id: String) async throws -> RuntimeStatus? {
        await hub.rest()
        return try await hub.client.status(of: id)?.runtimeStatus
    }

    private func events(_ hub: TestHub, _ id: String) async throws -> [String] {
        let history = try await hub.client.status(of: id, includeHistory: true)?.history ?? []
        return try history.map { try JSONValue($0)["type"]?.stringValue ?? "" }
    }

    // MARK: - Rewinding

    @Test("A rewind runs what failed in the children again, and nothing that succeeded")
    func rewindTree() async throws {
        try await hub { hub, world in
            world.setBroken(["d", "f"])
            let client = try await hub.client
            let instance = try await client.start(Self.lines, [["a", "b"], ["c", "d", "e"], ["f"]], id: "lines")
            #expect(try await status(hub, "lines") == .failed)
            #expect(try await status(hub, "lines-1") == .failed)
            world.setBroken(["f"])
            try await client.rewind("lines", reason: "half mended")
            #expect(try await status(hub, "lines") == .failed)
            #expect(try await status(hub, "lines-1") == .completed)
            world.setBroken([])
            try await client.rewind("lines")
            #expect(try await hub.result(of: client.instance(of: Self.lines, id: instance.id)) == ["AB", "CDE", "F"])
            #expect(world.runs == ["a": 1, "b": 1, "c": 1, "d": 2, "e": 1, "f": 3])
            let types = try await events(hub, "lines")
            // Between the two it got no further: the second one takes the place of the first.
            #expect(types.filter { $0 == "ExecutionRewound" }.count == 1)
            #expect(!types.contains("SubOrchestrationFailed"))
            // It has not failed any more.
            await #expect(throws: ClientError.self) { try await client.rewind("lines") }
        }
    }

    @Test("A branch that failed while another went on runs again; the other does not")
    func rewindBranch() async throws {
        try await hub { hub, world in
            world.setBroken(["bad"])
            let client = try await hub.client
            _ = try await client.start(Self.branches, (), id: "b")
            #expect(try await status(hub, "b") == .failed)
            world.setBroken([])
            try await client.rewind("b")
            #expect(try await hub.result(of: client.instance(of: Self.branches, id: "b")) == "ABAD")
            #expect(world.runs == ["bad": 2, "a": 1, "A": 1])
        }
    }

    @Test("A failure that the code answered stays answered; the one that ended it runs again")
    func rewindHandled() async throws {
        try await hub { hub, world in
            world.setBroken(["first", "last"])
            let client = try await hub.client
            _ = try await client.start(Self.handled, (), id: "h")
            #expect(try await status(hub, "h") == .failed)
            world.setBroken([])
            try await client.rewind("h")
            #expect(try await hub.result(of: client.instance(of: Self.handled, id: "h")) == "INSTEADLAST")
            #expect(world.runs == ["first": 1, "instead": 1, "last": 2])
        }
    }

    @Test("Code that failed by itself goes on when it was mended, with what it had done")
    func rewindCode() async throws {
        try await hub { hub, world in
            let client = try await hub.client
            _ = try await client.start(Self.edited, (), id: "e")
            #expect(try await status(hub, "e") == .failed)
            try await client.rewind("e")
            #expect(try await status(hub, "e") == .failed)
            world.deployFix()
            try await client.rewind("e")
            #expect(try await hub.result(of: client.instance(of: Self.edited, id: "e")) == "BEFOREAFTER")
            #expect(world.runs == ["before": 1, "after": 1])
        }
    }

    // MARK: - Resetting

    @Test("A reset goes on from before an event, running or ended; later events come again unless they are dropped")
    func reset() async throws {
        try await hub { hub, _ in
            let client = try await hub.client
            _ = try await client.start(Self.sum, 0, id: "s")
            for number in [1, 20, 300] {
                try await client.raise(Self.add, number, to: "s")
                await hub.rest()
            }
            let first = try #require(try await events(hub, "s").firstIndex(of: "EventRaised")) + 1
            try await client.reset("s", toBefore: first)
            try await client.raise(Self.add, 0, to: "s")
            #expect(try await hub.result(of: client.instance(of: Self.sum, id: "s")) == 321)
            // It has ended: everything from the first event on is forgotten.
            try await client.reset("s", toBefore: first, droppingEvents: true, reason: "wrong numbers")
            #expect(try await status(hub, "s") == .running)
            try await client.raise(Self.add, 7, to: "s")
            try await client.raise(Self.add, 0, to: "s")
            #expect(try await hub.result(of: client.instance(of: Self.sum, id: "s")) == 7)
            await #expect(throws: ClientError.self) { try await client.reset("s", toBefore: 1000) }
            await #expect(throws: ClientError.self) { try await client.reset("s", toBefore: 0) }
        }
    }

    @Test("A reset names the children that are cut off, and terminates them if it is told to; others answer again")
    func resetChildren() async throws {
        try await hub { hub, world in
            let client = try await hub.client
            _ = try await client.start(Self.lines, [["a"], ["b"]], id: "lines")
            await hub.rest()
            let types = try await events(hub, "lines")
            // Before the first answer: both children have ended, and answer once more.
            let answer = try #require(types.firstIndex(of: "SubOrchestrationCompleted")) + 1
            #expect(try await client.reset("lines", toBefore: answer) == [])
            #expect(try await hub.result(of: client.instance(of: Self.lines, id: "lines")) == ["A", "B"])
            #expect(world.runs == ["a": 1, "b": 1])
            // From the beginning: they are called anew.
            #expect(try await client.reset("lines", toBefore: 1, recursive: true) == ["lines-0", "lines-1"])
            #expect(try await hub.result(of: client.instance(of: Self.lines, id: "lines")) == ["A", "B"])
            #expect(world.runs == ["a": 2, "b": 2])
        }
    }

    // MARK: - Children

    @Test("Recursive commands reach children of children; others leave them alone")
    func recursion() async throws {
        try await hub { hub, _ in
            let client = try await hub.client
            let ids = ["n", "n.3", "n.3.2", "n.3.2.1"]
            func statuses() async throws -> [RuntimeStatus?] {
                var found: [RuntimeStatus?] = []
                for id in ids { found.append(try await status(hub, id)) }
                return found
            }
            _ = try await client.start(Self.nested, 3, id: "n")
            try await client.suspend("n")
            #expect(try await statuses() == [.suspended, .running, .running, .running])
            try await client.suspend("n", recursive: true)
            #expect(try await statuses() == [.suspended, .suspended, .suspended, .suspended])
            try await client.resume("n", recursive: true)
            #expect(try await statuses() == [.running, .running, .running, .running])
            try await client.terminate("n.3.2", reason: "branch", recursive: true)
            // Its caller fails for it, and so does that one's.
            #expect(try await statuses() == [.failed, .failed, .terminated, .terminated])
            // Rewound, all of them go on where they were.
            try await client.rewind("n")
            #expect(try await statuses() == [.running, .running, .running, .running])
            try await client.raise(Self.add, 5, to: "n.3.2.1")
            #expect(try await hub.result(of: client.instance(of: Self.nested, id: "n")) == 5)
            try await client.purge("n", recursive: false)
            #expect(try await statuses() == [nil, .completed, .completed, .completed])
            try await client.purge("n.3")
            #expect(try await statuses() == [nil, nil, nil, nil])
        }
    }

    // MARK: - Starting

    @Test(
        "A hundred starts of one ID at once begin one instance",
        arguments: [ExistingInstance.ignore, .fail, .replaceFinished])
    func crowd(policy: ExistingInstance) async throws {
        try await hub { hub, world in
            let client = try await hub.client
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            _ = try await client.start(
                                Self.nested, 0, id: "one", ifExists: policy, awaitingEnd: false)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == (policy == .ignore ? 100 : 1))
            #expect(try await events(hub, "one").filter { $0 == "ExecutionStarted" }.count == 1)
            #expect(try await client.list().instances.count == 1)
        }
    }

    @Test("A start that replaces always ends what runs; whoever waits for that is told")
    func replaceAlways() async throws {
        try await hub { hub, _ in
            let client = try await hub.client
            let first = try await client.start(Self.nested, 2, id: "r")
            await hub.rest()
            let second = try await client.start(Self.sum, 4, id: "r", ifExists: .replaceAlways)
            await #expect(throws: OrchestrationFailure.self) { try await first.result() }
            #expect(try await status(hub, "r.2") == .terminated)
            #expect(try await status(hub, "r.2.1") == .terminated)
            try await client.raise(Self.add, 0, to: "r")
            #expect(try await hub.result(of: second) == 4)
        }
    }

    @Test("Events that start their instance all reach it, though they come at once, and it begins once")
    func raiseOrStart() async throws {
        try await hub { hub, _ in
            let client = try await hub.client
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...20 {
                    group.addTask {
                        try await client.raise(Self.add, number, to: "cart", orStart: Self.sum, 1000)
                    }
                }
                try await group.waitForAll()
            }
            let last = try await client.raise(Self.add, 0, to: "cart", orStart: Self.sum, 5)
            #expect(try await hub.result(of: last) == 1210)
            await #expect(throws: ClientError.self) {
                try await client.raise(Self.add, 0, to: "cart", orStart: Self.sum, 5)
            }
            let again = try await client.raise(
                Self.add, 0, to: "cart", orStart: Self.sum, 5, ifFinished: .replaceFinished)
            #expect(try await hub.result(of: again) == 5)
        }
    }

    @Test("A restart has the same input and tags, under its own ID or another")
    func restart() async throws {
        try await hub { hub, world in
            let client = try await hub.client
            let first = try await client.start(Self.line, ["a"], id: "l", tags: ["team": "blue"])
            #expect(try await hub.result(of: first) == "A")
            #expect(try await client.restart("l", as: "l2") == "l2")
            #expect(try await client.restart("l") == "l")
            #expect(try await status(hub, "l") == .completed)
            #expect(try await status(hub, "l2") == .completed)
            #expect(world.runs == ["a": 3])
            #expect(try await client.status(of: "l2")?.tags == ["team": "blue"])
            let taken = await #expect(throws: ClientError.self) { try await client.restart("l", as: "l2") }
            #expect(taken?.code == .instanceExists)
            _ = try await client.start(Self.nested, 0, id: "open")
            let open = await #expect(throws: ClientError.self) { try await client.restart("open") }
            #expect(open?.code == .instanceNotFinished)
            let missing = await #expect(throws: ClientError.self) { try await client.restart("nobody") }
            #expect(missing?.code == .instanceNotFound)
        }
    }

    @Test("A purge with no time left says that it is not complete, and can be repeated until it is")
    func budget() async throws {
        try await withTaskHub(TestHubOptions(partitionCount: 1)) { hub in
            register(hub, World())
            let client = try await hub.client
            for number in 0..<5 {
                _ = try await client.start(Self.line, [], id: "l\(number)", until: .accepted, awaitingEnd: false)
            }
            await hub.rest()
            var query = InstanceQuery(limit: 2)
            query.name = "Line"
            var rounds = 0
            var purged = 0
            while true {
                let result = try await client.purge(matching: query, within: .zero)
                purged += result.purged
                rounds += 1
                if result.isComplete { break }
                #expect(result.purged == 2)
            }
            #expect(purged == 5 && rounds == 3)
        }
    }
}
