import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost

/// One limit for workers in two processes, over RabbitMQ.
@Suite(
    "Broker: activities with limits", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct LimitsOverBrokerTests {
    private static let work = Activity<Int, Int>("LimitedWork")
    private static let calls = Orchestration<Int, Int>("CallsLimited") { context, count in
        let tasks = (0..<count).map { context.start(work, $0) }
        return try await context.all(tasks).reduce(0, +)
    }

    @Test("Two hosts of workers together run no more than the limit, which an operator raises meanwhile")
    func twoWorkers() async throws {
        let roles: Set<HostConfiguration.Role> = [.orchestrator]
        try await BrokerHub.run {
            $0.roles = roles
        } register: {
            $0.register(Self.calls)
            $0.limit(Self.work, to: ActivityLimits(concurrency: 2))
        } _: { hub in
            try await hub.provision(["LimitedWork"])
            let began = Happenings<Int>()
            let running = Mutex((now: 0, most: 0))
            let gate = Gate()
            var hosts: [Task<Void, any Error>] = []
            for _ in 0..<2 {
                let worker = try TaskHubHost(
                    HostConfiguration(hub: hub.name, broker: hub.url, roles: [.activity]), logger: LogLines().logger)
                worker.register(Self.work) { number in
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    began.add(number)
                    await gate.pass()
                    running.withLock { $0.now -= 1 }
                    return number
                }
                hosts.append(Task { try await worker.run() })
                #expect(try await worker.becomesReady())
            }
            let instance = try await hub.client.start(Self.calls, 10)
            try await began.wait(for: 2)
            let shown = try #require(try await hub.client.limits().first)
            #expect(shown.running == 2)
            try await hub.client.setLimits(ActivityLimits(concurrency: 3), of: "LimitedWork")
            try await began.wait(for: 3)
            gate.open()
            #expect(try await instance.result() == 45)
            #expect(running.withLock(\.most) == 3)
            for host in hosts {
                host.cancel()
                try await host.ended()
            }
        }
    }
}
