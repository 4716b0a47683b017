import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// What users build, run through client, intake, partition, engine, outbox and worker, in virtual time: once with warm
/// instances, and once with every step a replay. Results must be the same.
@Suite("A task hub in one process", .timeLimit(.minutes(5)))
struct HostFlowTests {
    static let modes = [false, true]

    private enum Contract {
        static let sayHello = Activity<String, String>("SayHello")
        static let square = Activity<Int, Int>("Square")
        static let flaky = Activity<Int, Int>("Flaky")
        static let helloCities = Orchestration<[String], [String]>("HelloCities")
        static let sumOfSquares = Orchestration<Int, Int>("SumOfSquares")
        static let approval = Orchestration<String, String>("Approval")
        static let counter = Orchestration<Int, Int>("Counter")
        static let approved = ExternalEvent<Bool>("Approved")
        static let add = ExternalEvent<Int>("Add")
    }

    private func hub<Value: Sendable>(
        replays: Bool, _ body: (TestHub) async throws -> Value
    ) async throws -> Value {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays), body)
    }

    @Test("runs activities one after another", arguments: modes)
    func sequence(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.sayHello) { city in "Hello \(city)!" }
            hub.register(Contract.helloCities) { context, cities in
                var greetings: [String] = []
                for city in cities { greetings.append(try await context.call(Contract.sayHello, city)) }
                return greetings
            }
            let instance = try await hub.client.start(Contract.helloCities, ["Tokyo", "Seattle", "London"])
            #expect(try await hub.result(of: instance) == ["Hello Tokyo!", "Hello Seattle!", "Hello London!"])
            let status = try #require(try await instance.status(includeHistory: true))
            #expect(status.runtimeStatus == .completed)
            #expect(status.openTasks.isEmpty)
            #expect(status.history?.isEmpty == false)
        }
    }

    @Test("fans out and in", arguments: modes)
    func fanOut(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.square) { number in number * number }
            hub.register(Contract.sumOfSquares) { context, count in
                let squares = (1...count).map { context.start(Contract.square, $0) }
                return try await context.all(squares).reduce(0, +)
            }
            let instance = try await hub.client.start(Contract.sumOfSquares, 300)
            #expect(try await hub.result(of: instance) == (1...300).map { $0 * $0 }.reduce(0, +))
        }
    }

    @Test("waits three days for an event, or escalates", arguments: modes)
    func approval(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.approval) { context, subject in
                guard let approved = try await context.wait(for: Contract.approved, timeout: .hours(72)) else {
                    return "\(subject): escalated"
                }
                return approved ? "\(subject): approved" : "\(subject): rejected"
            }
            let client = try await hub.client
            let first = try await client.start(Contract.approval, "first", id: "first")
            let second = try await client.start(Contract.approval, "second", id: "second")
            try await hub.advance(by: .hours(71))
            try await client.raise(Contract.approved, true, to: "first")
            #expect(try await hub.result(of: first) == "first: approved")
            #expect(try await second.status()?.runtimeStatus == .running)
            try await hub.advance(by: .hours(1))
            #expect(try await hub.result(of: second) == "second: escalated")
        }
    }

    @Test("keeps every event over generations", arguments: modes)
    func eternal(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.counter) { context, sum in
                let number = try await context.wait(for: Contract.add)
                if number == 0 { return sum }
                try context.continueAsNew(sum + number)
            }
            let client = try await hub.client
            let instance = try await client.start(Contract.counter, 0, id: "counter")
            for number in 1...100 { try await client.raise(Contract.add, number, to: "counter") }
            try await client.raise(Contract.add, 0, to: "counter")
            #expect(try await hub.result(of: instance) == 5050)
        }
    }

    @Test("holds an event that overtakes its start", arguments: modes)
    func earlyEvent(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.approval) { context, subject in
                try await context.wait(for: Contract.approved) ? "\(subject): approved" : "\(subject): rejected"
            }
            let client = try await hub.client
            try await client.raise(Contract.approved, true, to: "late", until: .confirmed)
            await hub.rest()
            let instance = try await client.start(Contract.approval, "late", id: "late")
            #expect(try await hub.result(of: instance) == "late: approved")
        }
    }

    @Test("calls sub-orchestrations, and tells their failures to the caller", arguments: modes)
    func children(replays: Bool) async throws {
        let parent = Orchestration<Int, String>("Parent")
        let child = Orchestration<Int, Int>("Child")
        try await hub(replays: replays) { hub in
            hub.register(Contract.square) { number in
                if number < 0 { throw Unlucky(number: number) }
                return number * number
            }
            hub.register(child) { context, number in try await context.call(Contract.square, number) }
            hub.register(parent) { context, number in
                do {
                    return "\(try await context.call(child, number))"
                } catch let failure as TaskFailure {
                    return "caught \(failure.details.rootCause.type)"
                }
            }
            let client = try await hub.client
            let good = try await client.start(parent, 7)
            let bad = try await client.start(parent, -7)
            #expect(try await hub.result(of: good) == "49")
            #expect(try await hub.result(of: bad) == "caught Unlucky")
        }
    }

    @Test("retries with growing pauses of its own clock", arguments: modes)
    func retry(replays: Bool) async throws {
        let retrying = Orchestration<Int, Int>("Retrying")
        let keys = Happenings<String>()
        try await hub(replays: replays) { hub in
            hub.register(Contract.flaky) { number, context in
                keys.add(context.idempotencyKey)
                // The third call of the same number succeeds: task numbers 0 and 2 are the first two attempts.
                if context.taskID < 4 { throw Unlucky(number: number) }
                return context.taskID
            }
            hub.register(retrying) { context, number in
                let policy = RetryPolicy(maxAttempts: 5, firstInterval: .minutes(1), backoffCoefficient: 2)
                return try await context.call(Contract.flaky, number, retry: policy)
            }
            let began = hub.now
            let instance = try await hub.client.start(retrying, 1)
            #expect(try await hub.result(of: instance) == 4)
            #expect(hub.now.timeIntervalSince(began) == 180)
            #expect(keys.all.count == 3 && Set(keys.all).count == 1, "one key for all attempts: \(keys.all)")
        }
    }

    @Test("terminates, suspends and resumes", arguments: modes)
    func control(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.counter) { context, sum in
                let number = try await context.wait(for: Contract.add)
                if number == 0 { return sum }
                try context.continueAsNew(sum + number)
            }
            let client = try await hub.client
            let ended = try await client.start(Contract.counter, 0, id: "ended")
            try await client.terminate("ended", reason: "enough")
            await hub.rest()
            let status = try #require(try await ended.status())
            #expect(status.runtimeStatus == .terminated)
            #expect(status.output?.json == "\"enough\"")

            let held = try await client.start(Contract.counter, 0, id: "held")
            try await client.suspend("held", reason: "look")
            try await client.raise(Contract.add, 5, to: "held")
            try await client.raise(Contract.add, 0, to: "held")
            await hub.rest()
            #expect(try await held.status()?.runtimeStatus == .suspended)
            try await client.resume("held")
            #expect(try await hub.result(of: held) == 5)
        }
    }

    @Test("starts an instance once, however often the start is published", arguments: modes)
    func duplicates(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Contract.sayHello) { city in "Hello \(city)!" }
            hub.register(Contract.helloCities) { context, cities in
                var greetings: [String] = []
                for city in cities { greetings.append(try await context.call(Contract.sayHello, city)) }
                return greetings
            }
            let client = try await hub.client
            let first = try await client.start(Contract.helloCities, ["Rome"], id: "one")
            #expect(try await hub.result(of: first) == ["Hello Rome!"])
            let again = try await client.start(Contract.helloCities, ["Oslo"], id: "one")
            #expect(try await hub.result(of: again) == ["Hello Rome!"])
            let restarted = try await client.start(Contract.helloCities, ["Oslo"], id: "one", ifExists: .restart)
            #expect(try await hub.result(of: restarted) == ["Hello Oslo!"])
        }
    }

    @Test("ends with a test that leaves an activity running")
    func endsEarly() async throws {
        let (steps, progress) = AsyncStream<Void>.makeStream()
        let (forever, end) = AsyncStream<Void>.makeStream()
        try await withTaskHub { hub in
            hub.register(Contract.square) { number in
                progress.finish()
                for await _ in forever {}
                return number
            }
            hub.register(Contract.sumOfSquares) { context, number in try await context.call(Contract.square, number) }
            _ = try await hub.client.start(Contract.sumOfSquares, 1)
            for await _ in steps {}
        }
        end.finish()
    }

    @Test("says what an instance waits for")
    func openTasks() async throws {
        let waiting = Orchestration<Void, Void>("Waiting")
        try await withTaskHub { hub in
            hub.register(waiting) { context in try await context.sleep(for: .hours(2)) }
            let instance = try await hub.client.start(waiting, ())
            await hub.rest()
            let status = try #require(try await instance.status())
            #expect(status.openTasks.count == 1)
            #expect(status.openTasks.first?.hasPrefix("timer #0 until 2030-01-01T14:00:00") == true)
        }
    }
}

private struct Unlucky: Error {
    var number: Int
}
