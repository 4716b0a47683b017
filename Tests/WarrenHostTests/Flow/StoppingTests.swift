import AMQPMessages
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// A host that is asked to stop ends in order and long before its grace period is over, whatever its partitions are in.
@Suite("Stopping in trouble", .timeLimit(.minutes(5)))
struct StoppingTests {
    private static let hub = "stopping"
    private static let spin = Orchestration<Int, Int>("Spin")
    private static let tight = Orchestration<Int, Int>("Tight")
    private static let work = Orchestration<Int, Int>("Work")

    private struct Bench {
        let client: TaskHubClient
        let log: LogLines
        let record: FlightRecord
        let running: Task<Void, any Error>
        let transport: any MessageTransport

        /// Publishes a start without waiting for anything.
        func publish(_ orchestration: Orchestration<Int, Int>, _ number: Int, id: String) throws {
            let start = OutboundMessage(
                exchange: try TaskHubName(StoppingTests.hub).startExchange, routingKey: orchestration.name,
                properties: MessageProperties(
                    contentType: "application/json", headers: ["warren-instance-id": .string(id)]),
                body: Array("\(number)".utf8))
            transport.publish([start]) { _ in }
        }

        /// Asks the host to stop, and returns how long it took.
        func stop() async throws -> Duration {
            let start = ContinuousClock.now
            running.cancel()
            try await running.ended()
            return .now - start
        }
    }

    /// Runs a host of one partition by the machine's clock.
    private func withHost(
        transport: any MessageTransport = InProcessTransport(), clientTransport: (any MessageTransport)? = nil,
        grace: Duration = .seconds(25), rows: Int = 10_000,
        open: @escaping @Sendable () throws -> any PartitionStore = { try InMemoryPartitionStore(hub: hub) },
        register: (TaskHubHost) -> Void, _ body: (Bench) async throws -> Void
    ) async throws {
        var configuration = HostConfiguration(hub: Self.hub, partitionCount: 1)
        configuration.graces.stop = grace
        configuration.messages.maximumOutboxRows = rows
        let record = FlightRecord()
        let log = LogLines()
        var environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false, store: { _, _, _ in try open() },
            flightRecord: { _ in record }, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        environment.boundOutbox(messages: 6, bytes: 1 << 20)
        let host = try TaskHubHost(configuration, environment: environment, logger: log.logger)
        register(host)
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        let client = try await TaskHubClient(hub: Self.hub, transport: clientTransport ?? transport)
        do {
            try await body(
                Bench(
                    client: client, log: log, record: record, running: running,
                    transport: clientTransport ?? transport))
        } catch {
            Issue.record(error)
        }
        running.cancel()
        _ = await running.result
        await client.close()
        await transport.shutdown()
    }

    @Test("A loop of timers without delay does not keep the host, nor others of its partition, and counts as no death")
    func zeroDelay() async throws {
        let turns = Atomic(0)
        try await withHost(register: { host in
            host.register(Self.spin) { context, _ in
                while true {
                    try await context.sleep(for: .zero)
                    turns.add(1, ordering: .relaxed)
                }
            }
            host.register(Self.work) { _, number in number }
        }) { bench in
            _ = try await bench.client.start(Self.spin, 0, id: "spin")
            for number in 0..<20 {
                #expect(try await bench.client.start(Self.work, number, id: "w\(number)").result() == number)
            }
            #expect(turns.load(ordering: .relaxed) > 0)
            #expect(try await bench.stop() < .seconds(5))
            #expect(bench.record.marks.isEmpty)
        }
    }

    @Test("An orchestrator that never lets go is named, and the host ends within the grace period, without a death")
    func neverRests() async throws {
        // In a process of its own: it takes a thread of those that all tests share.
        await #expect(processExitsWith: .success) { try await StoppingTests().tightLoop() }
    }

    private func tightLoop() async throws {
        let isOver = Atomic(false)
        try await withHost(
            grace: .seconds(8),
            register: { host in
                host.register(Self.tight) { _, number in
                    while !isOver.load(ordering: .relaxed) { Self.block() }
                    return number
                }
            }
        ) { bench in
            try bench.publish(Self.tight, 0, id: "tight")
            guard let line = try await bench.log.wait(for: "has held its partition").first,
                line.metadata["instance"]?.description == "tight",
                line.metadata["orchestration"]?.description == "Tight"
            else { exit(1) }
            guard try await bench.stop() < .seconds(8) else { exit(2) }
            guard bench.record.marks.isEmpty else { exit(3) }
            isOver.store(true, ordering: .relaxed)
        }
    }

    /// Blocks its thread for a moment, as code under test that never gives the thread back. Nothing waits for it.
    private static func block() { usleep(100) }

    @Test("A store that fails for good does not keep the host")
    func brokenStore() async throws {
        let isFirst = Atomic(true)
        try await withHost(
            open: {
                guard isFirst.exchange(false, ordering: .relaxed) else { throw StorageError(.io, "Gone.") }
                return FaultInjectingStore(
                    try InMemoryPartitionStore(hub: Self.hub), fault: .fail(commit: 1, StorageError(.io, "Gone.")))
            },
            register: { host in
                host.register(Self.work) { _, number in number }
            }
        ) { bench in
            try bench.publish(Self.work, 0, id: "w")
            try await bench.log.wait(for: "it is opened again after a pause", count: 2)
            #expect(try await bench.stop() < .seconds(5))
        }
    }

    @Test("A broker that confirms nothing of one kind does not keep the host, which leaves it in the store")
    func stuckBroker() async throws {
        let names = try TaskHubName(Self.hub)
        let transport = StuckTransport(exchange: names.activityExchange)
        let store = try InMemoryPartitionStore(hub: Self.hub)
        try await withHost(
            transport: transport, clientTransport: transport.inner, rows: 8, open: { store },
            register: { host in
                host.register(Self.work) { context, number in
                    try await context.call(Activity<Int, Int>("Never"), number)
                }
                host.register(Activity<Int, Int>("Never")) { $0 }
            }
        ) { bench in
            transport.stick()
            for number in 0..<20 {
                try bench.publish(Self.work, number, id: "w\(number)")
            }
            try await bench.log.wait(for: "takes no new starts")
            #expect(try await bench.stop() < .seconds(8))
            transport.letGo()
        }
    }
}
