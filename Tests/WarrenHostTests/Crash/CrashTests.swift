import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage

@testable import Patterns

/// Kills everything, again and again, under load, and then counts.
@Suite(
    "Crash: killed hosts, workers and brokers", .serialized, .timeLimit(.minutes(10)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct CrashTests {
    /// What can be killed.
    private enum Victim {
        case host, worker, broker
        /// A host, and the disk with its files.
        case hostAndDisk
    }

    /// Where the hub keeps what it has acknowledged, and how work reaches activities.
    private enum Setup: CaseIterable {
        case local, journal
        /// Hosts run activities, too, and give them their work past the broker.
        case pastBroker

        var durability: Durability { self == .journal ? .journal : .local }

        var load: CrashLoad {
            switch self {
            case .local: CrashLoad(sequences: 400, fanOuts: 40, width: 25)
            case .journal: CrashLoad(sequences: 120, fanOuts: 12, width: 25)
            case .pastBroker: CrashLoad(sequences: 200, fanOuts: 20, width: 25)
            }
        }

        var victims: [Victim] {
            func times(_ count: Int, _ victim: Victim) -> [Victim] { Array(repeating: victim, count: count) }
            return switch self {
            case .local: times(20, .host) + times(10, .worker) + times(3, .broker)
            case .journal: times(2, .host) + times(4, .hostAndDisk) + times(1, .worker) + times(2, .broker)
            case .pastBroker: times(8, .host) + times(1, .worker) + times(1, .broker)
            }
        }
    }

    @Test("every confirmed start completes exactly once, with the right output", arguments: Setup.allCases)
    private func everythingOnce(_ setup: Setup) async throws {
        let hub = "crash\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let ends = Topology.Queue(name: "\(hub).test.ends", arguments: ["x-queue-type": "quorum"])
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await withCleanUp {
            try await killEverything(names, ends, setup)
        } afterwards: {
            // The last blow may have killed the broker.
            try await TestBroker.control("start")
            try await TestBroker.remove(names, partitions: 4, activities: activities, and: Topology(queues: [ends]))
        }
    }

    /// - Parameter ends: where the broker keeps every end of an instance until it is counted.
    private func killEverything(_ names: TaskHubName, _ ends: Topology.Queue, _ setup: Setup) async throws {
        let durability = setup.durability
        var seed = SplitMix(state: UInt64.random(in: 0...UInt64.max))
        print("crash test seed: \(seed.state)")
        let url = try TestBroker.requireURL()
        let hub = names.text
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "crash") { _ in SwiftLogNoOpLogHandler() }

        func startHost() async throws -> HostProcess {
            try await HostProcess.start(
                hub: hub, broker: url, data: folder.path,
                roles: setup == .pastBroker ? "orchestrator,activity" : "orchestrator", durability: durability,
                dispatch: setup == .pastBroker ? .preferLocal : .broker)
        }
        var host = try await startHost()
        var worker = try await HostProcess.start(hub: hub, broker: url, data: folder.path, roles: "activity")
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        try await transport.provision(
            Topology(
                queues: [ends],
                bindings: ["Completed", "Failed", "Terminated"].map {
                    .init(queue: ends.name, exchange: names.lifecycleExchange, routingKey: "orchestration.\($0).#")
                }))
        try await TestBroker.control("settle")

        let load = setup.load
        var victims = setup.victims
        victims.shuffle(using: &seed)

        // Each blow falls after a random number of further ends, while the next part of the load is being published.
        let subscription = try await transport.consume(ends.name, prefetch: 100)
        var counter = EndCounter(subscription, of: load)
        var published = 0
        for (blow, victim) in victims.enumerated() {
            let target = load.starts.count * (blow + 1) / (victims.count + 1)
            try await CrashLoad.publish(load.starts[published..<target], names, transport)
            published = target
            try await counter.wait(for: max(0, target - Int.random(in: 1...40, using: &seed)))
            switch victim {
            case .host:
                await host.kill()
                host = try await startHost()
            case .hostAndDisk:
                await host.kill()
                try FileManager.default.removeItem(at: folder)
                host = try await startHost()
            case .worker:
                await worker.kill()
                worker = try await HostProcess.start(hub: hub, broker: url, data: folder.path, roles: "activity")
            case .broker:
                try await TestBroker.control("kill")
                try await TestBroker.control("start")
            }
        }
        try await CrashLoad.publish(load.starts[published...], names, transport)
        try await counter.wait(for: load.starts.count)

        try await load.expectOnce(counter, hub: hub, transport, logger: logger)

        // Nothing is left over: the host stops in good order, the outbox is empty, the queues are drained.
        #expect(try await host.terminate() == 0)
        #expect(try await worker.terminate() == 0)
        for partition in 0..<4 {
            let store = try SQLitePartitionStore.open(
                directory: folder.path, hub: hub, partition: partition, partitionCount: 4, logger: logger,
                journal: durability == .journal ? .existing : .none)
            #expect(try store.counts().outbox == 0, "partition \(partition)")
            #expect(try store.counts().openInstances == 0, "partition \(partition)")
            store.close()
            // A hub with journals keeps a token in each queue.
            let tokens = durability == .journal ? 1 : 0
            #expect(try await transport.depth(of: names.partitionQueue(partition, of: 4)) == tokens)
        }
        #expect(try await transport.depth(of: names.intakeQueue) == 0)
        #expect(try await transport.depth(of: names.deadQueue) == 0)
        await transport.shutdown()
    }
}

/// A random generator that can be seeded, so that a failing run can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
