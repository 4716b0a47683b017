import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
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

    @Test(
        "every confirmed start completes exactly once, with the right output", arguments: [Durability.local, .journal])
    func everythingOnce(_ durability: Durability) async throws {
        let hub = "crash\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let ends = Topology.Queue(name: "\(hub).test.ends", arguments: ["x-queue-type": "quorum"])
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await withCleanUp {
            try await killEverything(names, ends, durability)
        } afterwards: {
            // The last blow may have killed the broker.
            try await TestBroker.control("start")
            try await TestBroker.remove(names, partitions: 4, activities: activities, and: Topology(queues: [ends]))
        }
    }

    /// - Parameter ends: where the broker keeps every end of an instance until it is counted.
    private func killEverything(_ names: TaskHubName, _ ends: Topology.Queue, _ durability: Durability) async throws {
        var seed = SplitMix(state: UInt64.random(in: 0...UInt64.max))
        print("crash test seed: \(seed.state)")
        let url = try TestBroker.requireURL()
        let hub = names.text
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "crash") { _ in SwiftLogNoOpLogHandler() }

        func startHost() async throws -> HostProcess {
            try await HostProcess.start(
                hub: hub, broker: url, data: folder.path, roles: "orchestrator", durability: durability)
        }
        var host = try await startHost()
        var worker = try await HostProcess.start(hub: hub, broker: url, data: folder.path, roles: "activity")
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        try await transport.provision(
            Topology(
                queues: [ends],
                bindings: ["completed", "failed", "terminated"].map {
                    .init(queue: ends.name, exchange: names.lifecycleExchange, routingKey: "orchestration.\($0).#")
                }))
        try await TestBroker.control("settle")

        let load =
            durability == .journal
            ? CrashLoad(sequences: 120, fanOuts: 12, width: 25) : CrashLoad(sequences: 400, fanOuts: 40, width: 25)
        var victims: [Victim] =
            durability == .journal
            ? Array(repeating: .host, count: 2) + Array(repeating: .hostAndDisk, count: 4)
                + Array(repeating: .worker, count: 1) + Array(repeating: .broker, count: 1)
            : Array(repeating: .host, count: 20) + Array(repeating: .worker, count: 10)
                + Array(repeating: .broker, count: 3)
        victims.shuffle(using: &seed)

        // Each blow falls after a random number of further ends, while the next part of the load is being published.
        let subscription = try await transport.consume(ends.name, prefetch: 100)
        var counter = EndCounter(subscription)
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

/// What the crash test starts, and what must come of it.
struct CrashLoad {
    struct Start {
        var orchestration: String
        var instanceID: String
        var input: String
        var expected: String

        /// The start as a message of a foreign client: with the same ID every time.
        func message(_ names: TaskHubName) -> OutboundMessage {
            OutboundMessage(
                exchange: names.startExchange, routingKey: orchestration,
                properties: MessageProperties(
                    contentType: "application/json", headers: ["warren-instance-id": .string(instanceID)],
                    isPersistent: true, messageID: instanceID),
                body: Array(input.utf8))
        }
    }

    var starts: [Start]

    init(sequences: Int, fanOuts: Int, width: Int) {
        starts = (0..<sequences).map { number in
            let cities = (0..<5).map { "City\(number)x\($0)" }
            return Start(
                orchestration: "HelloCities", instanceID: "sequence-\(number)",
                input: "[" + cities.map { "\"\($0)\"" }.joined(separator: ",") + "]",
                expected: "[" + cities.map { "\"Hello \($0)!\"" }.joined(separator: ",") + "]")
        }
        let sum = (1...width).map { $0 * $0 }.reduce(0, +)
        let every = max(1, sequences / max(1, fanOuts))
        for number in 0..<fanOuts {
            starts.insert(
                Start(
                    orchestration: "SumOfSquares", instanceID: "fanout-\(number)", input: "\(width)",
                    expected: "\(sum)"),
                at: min(starts.count, number * (every + 1)))
        }
    }
}

extension CrashLoad {
    /// Publishes starts until each is confirmed, with the same message ID every time.
    static func publish(
        _ starts: ArraySlice<Start>, _ names: TaskHubName, _ transport: any MessageTransport
    ) async throws {
        var rest = starts.map { $0.message(names) }
        while !rest.isEmpty {
            let messages = rest
            let outcomes = try await transport.outcomes(of: messages)
            rest = zip(messages, outcomes).filter { $0.1 != .confirmed }.map(\.0)
        }
    }

    /// Exactly once: one end for each start, each of one execution only, each completed, with the output of a run without
    /// faults.
    func expectOnce(
        _ counter: EndCounter, hub: String, _ transport: any MessageTransport, logger: Logger
    ) async throws {
        #expect(counter.executions.count == starts.count)
        let twice = counter.executions.filter { $0.value.count != 1 }
        #expect(twice.isEmpty, "Instances with several executions: \(twice.keys.sorted())")
        #expect(counter.failures == [], "Instances that did not complete")
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: logger)
        for start in starts {
            let output = try await client.output(of: start.instanceID)
            #expect(output.json == start.expected, "\(start.instanceID)")
        }
        await client.close()
    }
}

/// Counts the ends of instances as lifecycle messages tell them, repeated ones once.
struct EndCounter {
    /// The executions that ended, by instance.
    private(set) var executions: [String: Set<String>] = [:]
    /// Instances that ended otherwise than completed.
    private(set) var failures: [String] = []
    private let subscription: any MessageSubscription
    private var batches: AsyncThrowingStream<[InboundMessage], any Error>.AsyncIterator

    init(_ subscription: any MessageSubscription) {
        self.subscription = subscription
        batches = subscription.batches.makeAsyncIterator()
    }

    /// Reads until so many instances have ended.
    mutating func wait(for count: Int) async throws {
        while executions.count < count {
            let batch = try #require(try await batches.next(isolation: nil), "The queue of ends was closed.")
            for message in batch {
                let headers = message.properties.headers
                let instance = try #require(headers["warren-instance-id"]?.string)
                let execution = try #require(headers["warren-execution-id"]?.string)
                executions[instance, default: []].insert(execution)
                if !message.routingKey.hasPrefix("orchestration.completed.") { failures.append(instance) }
            }
            subscription.acknowledge(batch.map(\.tag))
        }
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
