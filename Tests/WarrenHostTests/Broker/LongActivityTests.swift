import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// Workers of one hub on the real broker, one of them busy for a long time.
@Suite(
    "Broker: long activities", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct LongActivityTests {
    private static let work = Activity<Int, Int>("LongWork")
    private static let many = Orchestration<Int, [Int]>("ManyLong")

    @Test("A worker that long activities fill leaves the queue to the others, and comes back when one ends")
    func full() async throws {
        let roles: Set<HostConfiguration.Role> = [.orchestrator]
        try await BrokerHub.run {
            $0.roles = roles
        } register: { host in
            host.register(Self.many) { context, count in
                try await context.all((1...count).map { context.start(Self.work, $0) })
            }
        } _: { hub in
            try await hub.provision(["LongWork"])
            let began = Happenings<Int>()
            let gate = Gate()
            let log = LogLines()
            let full = try await worker(hub, places: 2, log) { number in
                began.add(number)
                await gate.pass()
                return number
            }
            let instance = try await hub.client.start(Self.many, 8)
            try await began.wait(for: 2)
            try await log.wait(for: "Long activities have all places; the queue is left to others")

            // All the rest is there for a worker that has places.
            let others = Happenings<Int>()
            let idle = try await worker(hub, places: 3, LogLines()) { number in
                others.add(number)
                return number
            }
            try await others.wait(for: 6)
            gate.open()
            #expect(try await instance.result() == Array(1...8))
            try await log.wait(for: "Work is taken from the queue again")
            #expect(began.all.count == 2)
            for worker in [full, idle] {
                worker.cancel()
                try await worker.ended()
            }
        }
    }

    private func worker(
        _ hub: BrokerHub, places: Int, _ log: LogLines, body: @escaping @Sendable (Int) async throws -> Int
    ) async throws -> Task<Void, any Error> {
        var configuration = HostConfiguration(hub: hub.name, broker: hub.url, roles: [.activity])
        configuration.activities.concurrency = places
        configuration.leases.after = .milliseconds(100)
        let host = try TaskHubHost(configuration, logger: log.logger)
        host.register(Self.work) { number in try await body(number) }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        return running
    }
}
