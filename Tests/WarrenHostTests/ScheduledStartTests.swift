import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenSupport
import WarrenTestKit

@testable import WarrenHost

/// Instances that are to start later: what is said of them, and how they are steered before they begin.
@Suite("Scheduled starts", .timeLimit(.minutes(5)))
struct ScheduledStartTests {
    private static let add = ExternalEvent<Int>("Add")
    private static let sum = Orchestration<Int, Int>("Sum")

    /// Adds what it is sent, in order, until that is 0.
    private static func register(_ host: some FunctionRegistrar) {
        host.register(sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: add)
                if number == 0 { return sum }
                sum = 10 * sum + number
            }
        }
    }

    private static let later = Cluster.beginning.advanced(by: .seconds(3600))

    private func history(_ client: TaskHubClient, _ id: String) async throws -> [String] {
        let events = try #require(try await client.status(of: id, includeHistory: true)?.history)
        return events.map(\.json)
    }

    @Test("A scheduled start says when it begins, in a status and in a listing, also after a restart")
    func says() async throws {
        try await Cluster.run { cluster in
            var host = try await cluster.start(register: Self.register)
            _ = try await cluster.client.start(Self.sum, 0, id: "planned", startAt: Self.later)
            for restarts in [false, true] {
                if restarts {
                    try await host.stop()
                    host = try await cluster.start(register: Self.register)
                }
                let status = try #require(try await cluster.client.status(of: "planned"))
                let listed = try #require(try await cluster.client.list().instances.first)
                for status in [status, listed] {
                    #expect(status.runtimeStatus == .pending)
                    #expect(status.scheduledStart == Self.later)
                    #expect(status.openTasks == ["waits for its start at \(ISO8601.text(Self.later))"])
                }
            }
            host.pass(.seconds(3600))
            try await cluster.rest(host)
            let begun = try #require(try await cluster.client.status(of: "planned"))
            #expect(begun.runtimeStatus == .running && begun.openTasks == ["event Add"])
            #expect(begun.scheduledStart == Self.later)
            try await host.stop()
        }
    }

    @Test(
        "One that is suspended before its time shows it, begins only when it is resumed, and keeps what came in between",
        arguments: [false, true])
    func suspended(restarts: Bool) async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            let instance = try await client.start(Self.sum, 0, id: "planned", startAt: Self.later)
            try await client.raise(Self.add, 1, to: "planned")
            try await client.suspend("planned", reason: "look")
            try await client.suspend("planned", reason: "look again")
            #expect(try await client.status(of: "planned")?.runtimeStatus == .suspended)
            #expect(
                try await client.list(InstanceQuery(statuses: [.suspended])).instances.map(\.instanceID) == ["planned"])
            if restarts {
                try await host.stop()
                host = try await cluster.start(register: Self.register)
            }
            // Its time comes, and goes.
            host.pass(.seconds(3600))
            try await cluster.rest(host)
            host.pass(.seconds(48 * 3600))
            try await cluster.rest(host)
            let waiting = try #require(try await client.status(of: "planned"))
            #expect(waiting.runtimeStatus == .suspended)
            #expect(waiting.openTasks == ["waits for its start at \(ISO8601.text(Self.later))"])
            if restarts {
                try await host.stop()
                host = try await cluster.start(register: Self.register)
                host.pass(.seconds(50 * 3600))
                try await cluster.rest(host)
            }
            try await client.raise(Self.add, 2, to: "planned")
            try await client.resume("planned")
            try await client.raise(Self.add, 0, to: "planned")
            #expect(try await instance.result() == 12)
            let history = try await history(client, "planned")
            #expect(history.filter { $0.contains("ExecutionSuspended") }.count == 1)
            #expect(history.filter { $0.contains("ExecutionResumed") }.count == 1)
            #expect(history.contains { $0.contains("\"look\"") })
            #expect(try await cluster.deadLetters == 0)
            try await host.stop()
        }
    }

    @Test("One that is resumed before its time waits for it again", arguments: [false, true])
    func resumedEarly(restarts: Bool) async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            let instance = try await client.start(Self.sum, 0, id: "planned", startAt: Self.later)
            try await client.resume("planned")
            #expect(try await client.status(of: "planned")?.runtimeStatus == .pending, "nothing to resume")
            try await client.suspend("planned")
            try await client.resume("planned")
            #expect(try await client.status(of: "planned")?.runtimeStatus == .pending)
            if restarts {
                try await host.stop()
                host = try await cluster.start(register: Self.register)
            }
            host.pass(.seconds(3599))
            try await cluster.rest(host)
            #expect(try await client.status(of: "planned")?.runtimeStatus == .pending)
            host.pass(.seconds(1))
            try await cluster.rest(host)
            #expect(try await client.status(of: "planned")?.runtimeStatus == .running)
            try await client.raise(Self.add, 0, to: "planned")
            #expect(try await instance.result() == 0)
            try await host.stop()
        }
    }

    @Test("One whose time came while it was suspended begins at its time if the clock went back, also after a restart")
    func clockBack() async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            var host = try await cluster.start(register: Self.register)
            let instance = try await client.start(Self.sum, 0, id: "planned", startAt: Self.later)
            try await client.suspend("planned")
            host.pass(.seconds(2 * 3600))
            try await cluster.rest(host)
            try await host.stop()
            // The clock of each host begins anew: for this one, the time is still to come.
            host = try await cluster.start(register: Self.register)
            try await client.resume("planned")
            #expect(try await client.status(of: "planned")?.runtimeStatus == .pending)
            try await host.stop()
            host = try await cluster.start(register: Self.register)
            host.pass(.seconds(3600))
            try await cluster.rest(host)
            #expect(try await client.status(of: "planned")?.runtimeStatus == .running)
            try await client.raise(Self.add, 0, to: "planned")
            #expect(try await instance.result() == 0)
            try await host.stop()
        }
    }

    @Test("One that is suspended before its time can be terminated, and its ID is free for another start")
    func terminated() async throws {
        try await Cluster.run { cluster in
            let client = cluster.client
            let host = try await cluster.start(register: Self.register)
            _ = try await client.start(Self.sum, 0, id: "planned", startAt: Self.later)
            try await client.raise(Self.add, 1, to: "planned")
            try await client.suspend("planned")
            try await client.terminate("planned", reason: "no")
            #expect(try await client.status(of: "planned")?.runtimeStatus == .terminated)
            #expect(try await client.status(of: "planned")?.openTasks == [])
            let again = try await client.start(Self.sum, 0, id: "planned", ifExists: .restart, startAt: Self.later)
            host.pass(.seconds(3600))
            try await cluster.rest(host)
            #expect(try await client.status(of: "planned")?.runtimeStatus == .running)
            try await client.raise(Self.add, 2, to: "planned")
            try await client.raise(Self.add, 0, to: "planned")
            #expect(try await again.result() == 2, "what was kept for the first start reaches the second")
            try await host.stop()
        }
    }
}
