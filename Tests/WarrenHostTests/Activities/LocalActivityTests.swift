import AMQPMessages
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// Work that goes to activities of the same process past the broker.
@Suite("Activities past the broker", .timeLimit(.minutes(2)))
struct LocalActivityTests {
    private static let work = Activity<Int, String>("Work")
    private static let other = Activity<Int, String>("Other")
    private static let once = Orchestration<Int, String>("Once")

    private static func registerOnce(_ host: TaskHubHost) {
        host.register(once) { context, number in try await context.call(work, number) }
    }

    private static func preferLocal(_ configuration: inout HostConfiguration) {
        configuration.activities.dispatch = .preferLocal
    }

    /// Runs a test that sees what the broker is given for activities.
    private func watching(_ body: (Cluster, Happenings<String>) async throws -> Void) async throws {
        try await Cluster.run { cluster in
            let seen = Happenings<String>()
            try await cluster.transport.provision(TaskHubTopology.activities(["Work", "Other"], of: cluster.names))
            var watches: [any MessageSubscription] = []
            for name in ["Work", "Other"] {
                watches.append(
                    try await cluster.transport.watch(
                        cluster.names.activityExchange, routingKey: name, queue: "test.watch.\(name)", prefetch: 100))
            }
            let watching = watches.map { watch in
                Task {
                    for try await batch in watch.batches {
                        for message in batch { seen.add(message.routingKey) }
                        watch.acknowledge(batch.map(\.tag))
                    }
                }
            }
            defer { watching.forEach { $0.cancel() } }
            try await body(cluster, seen)
        }
    }

    /// Starts a host with one place, and an activity that holds it until the gate opens.
    private func startBusy(
        _ cluster: Cluster, _ began: Happenings<Int>, _ gate: Gate, result: @escaping @Sendable (Int) -> String
    ) async throws -> Cluster.Node {
        try await cluster.start { configuration in
            Self.preferLocal(&configuration)
            configuration.activities.concurrency = 1
        } register: { host in
            Self.registerOnce(host)
            host.register(Self.work) { number in
                began.add(number)
                await gate.pass()
                return result(number)
            }
        }
    }

    @Test("Where it is preferred, work does not go through the broker; where it is not, it does")
    func past() async throws {
        try await watching { cluster, seen in
            let both = Orchestration<Int, String>("Both")
            let host = try await cluster.start { configuration in
                configuration.activities.dispatch = .preferLocal
                configuration.activities.dispatchExceptions = ["Other"]
            } register: { host in
                host.register(both) { context, number in
                    let first = try await context.call(Self.work, number)
                    return try await first + context.call(Self.other, number)
                }
                host.register(Self.work) { number in "work \(number)" }
                host.register(Self.other) { number in "other \(number)" }
            }
            for number in 0..<20 {
                let instance = try await cluster.client.start(both, number, id: "both-\(number)")
                #expect(try await instance.result() == "work \(number)other \(number)")
            }
            try await cluster.rest(host)
            try await seen.wait(for: 20)
            #expect(seen.all == Array(repeating: "Other", count: 20))
            try await host.stop()
        }
    }

    @Test("A failure with details, a refused result and an unknown error come back as through the broker")
    func failures() async throws {
        struct Broken: Error {}
        try await watching { cluster, seen in
            let host = try await cluster.start(configure: Self.preferLocal) { host in
                host.register(Orchestration<Int, String>("Once")) { context, number in
                    do {
                        return try await context.call(Self.work, number)
                    } catch let failure as TaskFailure {
                        return failure.details.type
                    }
                }
                host.register(Self.work) { number in
                    if number == 0 { throw Broken() }
                    return String(repeating: "x", count: 2 << 20)
                }
            }
            #expect(try await cluster.client.start(Self.once, 0).result() == "Broken")
            #expect(try await cluster.client.start(Self.once, 1).result() == FailureDetails.payloadTooLargeType)
            try await cluster.rest(host)
            #expect(seen.all.isEmpty)
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test("While all places are taken for long, work goes through the queue to whoever is free")
    func full() async throws {
        try await watching { cluster, seen in
            let began = Happenings<Int>()
            let gate = Gate()
            let host = try await startBusy(cluster, began, gate) { "host \($0)" }
            let first = try await cluster.client.start(Self.once, 1, id: "first")
            try await began.wait(for: 1)
            let worker = try await cluster.start([.activity]) { host in
                host.register(Self.work) { number in "worker \(number)" }
            }
            let second = try await cluster.client.start(Self.once, 2, id: "second")
            // It waits for a place until the line is found to stand still.
            try await host.pass(.seconds(1)) { !seen.all.isEmpty }
            // Which of the two queues' readers has it is the broker's matter; the host answers when its place is free.
            gate.open()
            #expect(try await first.result() == "host 1")
            #expect(["worker 2", "host 2"].contains(try await second.result()))
            try await cluster.rest(host, worker)
            #expect(seen.all == ["Work"])
            try await worker.stop()
            try await host.stop()
        }
    }

    @Test("A burst of more work than there are places stays in the process")
    func burst() async throws {
        try await watching { cluster, seen in
            let began = Happenings<Int>()
            let fan = Orchestration<Int, Int>("Fan")
            let host = try await cluster.start { configuration in
                Self.preferLocal(&configuration)
                configuration.activities.concurrency = 3
            } register: { host in
                host.register(fan) { context, count in
                    let calls = (0..<count).map { context.start(Self.work, $0) }
                    return try await context.all(calls).count
                }
                host.register(Self.work) { number in
                    began.add(number)
                    // It leaves its thread to others.
                    await Task.yield()
                    return "done \(number)"
                }
            }
            #expect(try await cluster.client.start(fan, 500).result() == 500)
            try await cluster.rest(host)
            #expect(seen.all.isEmpty)
            #expect(began.all.sorted() == Array(0..<500))
            try await host.stop()
        }
    }

    @Test("Work that waits for a place when its host stops goes through the queue to the next one")
    func stopped() async throws {
        try await watching { cluster, seen in
            let began = Happenings<Int>()
            let gate = Gate()
            let first = try await startBusy(cluster, began, gate) { _ in "first" }
            let running = try await cluster.client.start(Self.once, 1, id: "running")
            try await began.wait(for: 1)
            let waiting = try await cluster.client.start(Self.once, 2, id: "waiting")
            first.running.cancel()
            try await first.log.wait(for: "The host is stopping", count: 1)
            try await seen.wait(for: 1)
            gate.open()
            try await first.running.ended()
            let second = try await cluster.start(configure: Self.preferLocal) { host in
                Self.registerOnce(host)
                host.register(Self.work) { number in "second" }
            }
            #expect(try await running.result() == "first")
            #expect(try await waiting.result() == "second")
            try await cluster.rest(second)
            // The next owner sends it once more if it was not confirmed by then.
            #expect(Set(seen.all) == ["Work"] && began.all == [1])
            try await second.stop()
        }
    }

    @Test("A long activity comes under a lease, and the row that stood for its work goes")
    func lease() async throws {
        try await watching { cluster, seen in
            let began = Happenings<Int>()
            let gate = Gate()
            let host = try await cluster.start(configure: Self.preferLocal) { host in
                Self.registerOnce(host)
                host.register(Self.work) { number, context in
                    began.add(context.attempt)
                    await gate.pass()
                    return "done \(context.attempt)"
                }
            }
            let instance = try await cluster.client.start(Self.once, 1, id: "long")
            try await began.wait(for: 1)
            // Before that, the row stands for the work, and the host does not come to rest.
            host.pass(.seconds(30))
            try await cluster.rest(host)
            for _ in 0..<30 {
                host.pass(.seconds(10))
                try await cluster.rest(host)
            }
            #expect(began.all == [1])
            gate.open()
            #expect(try await instance.result() == "done 1")
            try await cluster.rest(host)
            #expect(seen.all.isEmpty)
            try await host.stop()
        }
    }

    @Test("A host that ends while its activity runs leaves the work to the next one, which takes it through the queue")
    func interrupted() async throws {
        try await watching { cluster, seen in
            let began = Happenings<Int>()
            let gate = Gate()
            @Sendable func register(_ host: TaskHubHost, waits: Bool) {
                Self.registerOnce(host)
                host.register(Self.work) { number, context in
                    began.add(context.attempt)
                    if waits {
                        await withTaskCancellationHandler {
                            await gate.pass()
                        } onCancel: {
                            gate.open()
                        }
                        try Task.checkCancellation()
                    }
                    return waits ? "first" : "second"
                }
            }
            let first = try await cluster.start(configure: Self.preferLocal) { register($0, waits: true) }
            let instance = try await cluster.client.start(Self.once, 1, id: "left")
            try await began.wait(for: 1)
            first.running.cancel()
            try await first.log.wait(for: "The host is stopping", count: 1)
            // Its grace period is over before its activity is, and before there is a lease; but for what is reserved for closing.
            try await first.pass(.seconds(21)) { gate.isOpen }
            try await first.running.ended()
            #expect(seen.all.isEmpty)

            let second = try await cluster.start(configure: Self.preferLocal) { register($0, waits: false) }
            #expect(try await instance.result() == "second")
            try await cluster.rest(second)
            try await seen.wait(for: 1)
            #expect(seen.all == ["Work"] && began.all == [1, 1])
            #expect(try await cluster.deadLetters == 0)
            try await second.stop()
        }
    }

    @Test("A crowd is answered once each")
    func crowd() async throws {
        try await watching { cluster, _ in
            let began = Happenings<Int>()
            let host = try await cluster.start(configure: Self.preferLocal) { host in
                Self.registerOnce(host)
                host.register(Self.work) { number in
                    began.add(number)
                    return "done \(number)"
                }
            }
            let results = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<500 {
                    group.addTask { try await cluster.client.start(Self.once, number).result() }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(results) == Set((0..<500).map { "done \($0)" }))
            try await cluster.rest(host)
            #expect(began.all.count == 500)
            try await host.stop()
        }
    }

    @Test("The settings name what goes which way")
    func settings() {
        var activities = HostConfiguration.Activities()
        #expect(activities.dispatch(of: "Work") == .broker)
        activities.dispatchExceptions = ["Work"]
        #expect(activities.dispatch(of: "Work") == .preferLocal && activities.dispatch(of: "Other") == .broker)
        activities.dispatch = .preferLocal
        #expect(activities.dispatch(of: "Work") == .broker && activities.dispatch(of: "Other") == .preferLocal)
        #expect(HostConfiguration.ActivityDispatch("prefer-local") == .preferLocal)
        #expect(HostConfiguration.ActivityDispatch("local") == nil)
    }
}
