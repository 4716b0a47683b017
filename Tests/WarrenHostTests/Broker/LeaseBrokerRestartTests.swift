import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A broker that is away for longer than a lease lasts.
@Suite(
    "BrokerRestart: leases over an outage", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct LeaseBrokerRestartTests {
    private static let work = Activity<Int, Int>("WorkOverOutage")
    private static let single = Orchestration<Int, Int>("SingleOverOutage")

    @Test("A long activity goes on while the broker is away, and is not given out again when it is back")
    func outage() async throws {
        let attempts = Happenings<Int>()
        let gate = Gate()
        let book = LogLines(from: .debug)
        try await BrokerHub.run(logger: book.logger) {
            $0.leases.after = .milliseconds(100)
            $0.leases.duration = .seconds(4)
        } register: { host in
            host.register(Self.single) { context, number in try await context.call(Self.work, number) }
            host.register(Self.work) { number, context in
                attempts.add(context.attempt)
                await gate.pass()
                return number
            }
        } _: { hub in
            let instance = try await hub.client.start(Self.single, 42)
            try await attempts.wait(for: 1)
            // The second time it says so, its first word is safe and its work item acknowledged.
            try await book.wait(for: "A worker says that it goes on", count: 2)
            try await TestBroker.control("settle")
            try await TestBroker.interrupted {
                try await TestBroker.control("stop")
                try await book.wait(for: "A lease is prolonged", count: 2)
            }
            try await book.wait(for: "Connected to the broker again", count: 2)
            gate.open()
            #expect(try await instance.result() == 42)
            #expect(attempts.all == [1])
            #expect(book.count(of: "worker is silent") == 0)
        }
    }
}
