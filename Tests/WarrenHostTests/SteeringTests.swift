import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenTestKit

@testable import WarrenHost

/// Terminating, suspending and resuming instances that have work under way.
@Suite("Steering instances with work under way", .timeLimit(.minutes(5)))
struct SteeringTests {
    private static let work = Activity<Int, Int>("Work")
    private static let add = ExternalEvent<Int>("Add")
    private static let twice = Orchestration<Int, [Int]>("Twice")
    private static let sum = Orchestration<Int, Int>("Sum")
    private static let sleeper = Orchestration<Void, String>("Sleeper")
    private static let parent = Orchestration<String, Int>("Parent")

    /// Calls the activity, then once more.
    private static func registerTwice(_ host: TaskHubHost) {
        host.register(twice) { context, number in
            let first = try await context.call(work, number)
            return [first, try await context.call(work, first)]
        }
    }

    /// Adds what it is sent, in order, until that is 0.
    private static func registerSum(_ host: some FunctionRegistrar) {
        host.register(sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: add)
                if number == 0 { return sum }
                sum = 10 * sum + number
            }
        }
    }

    @Test("The result of a leased activity comes too late for a terminated instance: dropped, and no dead letter")
    func terminateLeased() async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let host = try await cluster.start([.orchestrator], register: Self.registerTwice)
            let instance = try await cluster.client.start(Self.twice, 1, id: "leased")
            let call = try await worker.item(1)
            try await worker.answer(call, .heartbeat(lease: .seconds(60)))
            try await cluster.client.terminate("leased", reason: "enough")
            try await worker.answer(call, .heartbeat(lease: .seconds(60)))
            // Neither is the item dispatched again …
            host.pass(.seconds(3600))
            try await cluster.rest(host)
            // … nor does its result change anything.
            try await worker.answer(call, .completed(Payload(json: "7")))
            try await cluster.rest(host)
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.runtimeStatus == .terminated)
            #expect(status.output?.json == #""enough""#)
            #expect(status.openTasks.isEmpty)
            #expect(status.history?.contains { $0.json.contains("TaskCompleted") } == false)
            #expect(worker.count == 1)
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test(
        "A result that comes while an instance is suspended is applied when it is resumed",
        arguments: [false, true], [false, true])
    func suspendedResult(replays: Bool, restarts: Bool) async throws {
        try await Cluster.run { cluster in
            let configure = { (configuration: inout HostConfiguration) in
                if replays { configuration.orchestrations.warmInstances = 0 }
            }
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            var host = try await cluster.start(
                [.orchestrator], configure: configure, register: Self.registerTwice)
            let client = cluster.client
            let instance = try await client.start(Self.twice, 1, id: "suspended")
            let first = try await worker.item(1)
            try await client.suspend("suspended", reason: "look")
            try await client.suspend("suspended", reason: "look again")
            try await worker.answer(first, .completed(Payload(json: "2")))
            try await cluster.rest(host)
            #expect(try await instance.status()?.runtimeStatus == .suspended)
            #expect(worker.count == 1)
            if restarts {
                try await host.stop()
                host = try await cluster.start([.orchestrator], configure: configure, register: Self.registerTwice)
            }
            try await client.resume("suspended")
            try await client.resume("suspended")
            let second = try await worker.item(2)
            #expect(try await instance.status()?.runtimeStatus == .running)
            try await worker.answer(second, .completed(Payload(json: "3")))
            #expect(try await instance.result() == [2, 3])
            // Repeated commands left one trace each.
            let history = try #require(try await instance.status(includeHistory: true)?.history).map(\.json)
            #expect(history.filter { $0.contains("ExecutionSuspended") }.count == 1)
            #expect(history.filter { $0.contains("ExecutionResumed") }.count == 1)
            #expect(worker.count == 2)
            try await host.stop()
        }
    }

    @Test("A lease runs out and is given to another worker while its instance is suspended")
    func suspendedLease() async throws {
        try await Cluster.run { cluster in
            let worker = try await ScriptedWorker.start("Work", in: cluster)
            let host = try await cluster.start([.orchestrator], register: Self.registerTwice)
            let instance = try await cluster.client.start(Self.twice, 1, id: "suspended")
            try await worker.answer(try await worker.item(1), .heartbeat(lease: .seconds(60)))
            try await cluster.client.suspend("suspended")
            try await host.pass(.seconds(60)) { worker.count > 1 }
            let again = try await worker.item(2)
            #expect(again.item.attempt == 2)
            try await worker.answer(again, .completed(Payload(json: "2")))
            try await cluster.client.resume("suspended")
            try await worker.answer(try await worker.item(3), .completed(Payload(json: "3")))
            #expect(try await instance.result() == [2, 3])
            try await host.stop()
        }
    }

    @Test("Events raised to a suspended instance are taken in order after it is resumed", arguments: [false, true])
    func suspendedEvents(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            Self.registerSum(hub)
            let client = try await hub.client
            let instance = try await client.start(Self.sum, 0, id: "sum")
            try await client.raise(Self.add, 1, to: "sum")
            try await client.suspend("sum")
            try await client.raise(Self.add, 2, to: "sum")
            try await client.suspend("sum")
            try await client.raise(Self.add, 3, to: "sum")
            try await client.resume("sum")
            try await client.raise(Self.add, 4, to: "sum")
            try await client.resume("sum")
            try await client.raise(Self.add, 0, to: "sum")
            #expect(try await hub.result(of: instance) == 1234)
        }
    }

    @Test("A suspended instance can be terminated; a finished one refuses every command", arguments: [false, true])
    func finished(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            Self.registerSum(hub)
            let client = try await hub.client
            let terminated = try await client.start(Self.sum, 0, id: "terminated")
            try await client.suspend("terminated")
            try await client.raise(Self.add, 0, to: "terminated")
            try await client.terminate("terminated", reason: "no more")
            await hub.rest()
            let end = try #require(try await terminated.status())
            #expect(end.runtimeStatus == .terminated)
            #expect(end.output?.json == #""no more""#)

            let completed = try await client.start(Self.sum, 5, id: "completed")
            try await client.raise(Self.add, 0, to: "completed")
            #expect(try await hub.result(of: completed) == 5)

            for id in ["terminated", "completed"] {
                let before = try await client.instance(of: Self.sum, id: id).status(includeHistory: true)
                let commands: [() async throws -> Void] = [
                    { try await client.terminate(id) }, { try await client.suspend(id) },
                    { try await client.resume(id) }, { try await client.raise(Self.add, 1, to: id) },
                ]
                for command in commands {
                    let refusal = await #expect(throws: ClientError.self) { try await command() }
                    #expect(refusal?.code == .instanceFinished)
                }
                #expect(try await client.instance(of: Self.sum, id: id).status(includeHistory: true) == before)
            }
            await #expect(throws: ClientError.self) { try await client.suspend("nobody") }
        }
    }

    @Test("A timer that is due when its instance is terminated does not fire", arguments: [false, true])
    func terminateWithTimer(replays: Bool) async throws {
        try await Cluster.run { cluster in
            let register = { (host: TaskHubHost) in
                host.register(Self.sleeper) { context in
                    try await context.sleep(for: .seconds(60))
                    return "woken"
                }
            }
            let configure = { (configuration: inout HostConfiguration) in
                if replays { configuration.orchestrations.warmInstances = 0 }
            }
            let host = try await cluster.start([.orchestrator], configure: configure, register: register)
            _ = try await cluster.client.start(Self.sleeper, (), id: "sleeper")
            try await cluster.rest(host)
            try await host.stop()

            // Both are there when the next processor takes its first look.
            let partition = try DirectPartition(of: "sleeper", in: cluster, register: register, configure: configure)
            _ = partition.clock.move(to: Cluster.beginning.advanced(by: .seconds(60)))
            let command = ControlCommand(instanceID: "sleeper", verb: .terminate, reason: "up")
            partition.mailbox.add(PartitionInput(.command(.control(command))))
            try await partition.runUntilDone()

            let next = try await cluster.start([.orchestrator], configure: configure, register: register)
            let instance = cluster.client.instance(of: Self.sleeper, id: "sleeper")
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.runtimeStatus == .terminated)
            #expect(status.history?.contains { $0.json.contains("TimerFired") } == false)
            try await next.stop()
        }
    }

    @Test("The children of a terminated parent go on, and what they answer is dropped", arguments: [false, true])
    func children(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            Self.registerSum(hub)
            hub.register(Self.parent) { context, child in
                try await context.call(Self.sum, 1, id: child)
            }
            let client = try await hub.client
            let parent = try await client.start(Self.parent, "child", id: "parent")
            // Held until the child exists, so that it has been called when this is accepted and taken.
            try await client.raise(Self.add, 2, to: "child")
            await hub.rest()
            try await client.terminate("parent", reason: "alone")
            try await client.raise(Self.add, 0, to: "child")
            let child = client.instance(of: Self.sum, id: "child")
            #expect(try await hub.result(of: child) == 12)
            await hub.rest()
            let status = try #require(try await parent.status(includeHistory: true))
            #expect(status.runtimeStatus == .terminated)
            #expect(status.history?.contains { $0.json.contains("SubOrchestrationInstanceCompleted") } == false)
        }
    }

    @Test("What was kept for a scheduled start goes with it when the instance is terminated first")
    func scheduled() async throws {
        try await withTaskHub { hub in
            Self.registerSum(hub)
            let client = try await hub.client
            let later = Timestamp(hub.now).advanced(by: .seconds(60))
            _ = try await client.start(Self.sum, 0, id: "planned", startAt: later)
            try await client.raise(Self.add, 9, to: "planned")
            try await client.terminate("planned")
            let again = try await client.start(Self.sum, 0, id: "planned", ifExists: .restart, startAt: later)
            try await client.raise(Self.add, 1, to: "planned")
            try await client.raise(Self.add, 0, to: "planned")
            #expect(try await hub.result(of: again) == 1)
        }
    }
}
