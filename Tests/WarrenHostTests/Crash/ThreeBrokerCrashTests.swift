import AMQP
import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import Patterns
@testable import WarrenHost

/// Strikes the broker node that leads the journals, under load, and then counts.
@Suite(
    "Crash: hosts on a cluster of three broker nodes", .serialized, .timeLimit(.minutes(20)),
    .enabled(if: TestCluster.isThere, TestCluster.remedy))
struct ThreeBrokerCrashTests {
    /// What can happen to a broker node.
    enum Blow: String, CaseIterable, CustomTestStringConvertible {
        case killed
        /// Without a link to the other nodes, and nobody is told; clients still reach it.
        case cutOff = "cut off silently"
        case frozen

        var testDescription: String { rawValue }

        func strike(_ node: Int) async throws {
            switch self {
            case .killed: try await TestCluster.control("node", "\(node)", "kill")
            case .cutOff: try await TestCluster.control("cut", "\(node)")
            case .frozen: try await TestCluster.control("node", "\(node)", "freeze")
            }
        }

        func undo(_ node: Int) async throws {
            switch self {
            case .killed: try await TestCluster.control("node", "\(node)", "start")
            case .cutOff: try await TestCluster.control("heal", "\(node)")
            case .frozen: try await TestCluster.control("node", "\(node)", "thaw")
            }
        }
    }

    private static let partitions = 4

    @Test(
        "every confirmed start completes exactly once when the node that leads the journals is lost and comes back",
        arguments: Blow.allCases)
    func everythingOnce(_ blow: Blow) async throws {
        let hub = "nodes\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let ends = Topology.Queue(name: "\(hub).test.ends", arguments: ["x-queue-type": "quorum"])
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        // Whatever the last one left behind.
        try await TestCluster.recover()
        try await withCleanUp {
            try await strike(blow, names, ends, folder)
        } afterwards: {
            try? FileManager.default.removeItem(at: folder)
            try await TestCluster.recover()
            try await TestBroker.remove(
                names, partitions: Self.partitions, activities: activities, and: Topology(queues: [ends]),
                from: TestCluster.url(first: 1))
        }
    }

    private func strike(
        _ blow: Blow, _ names: TaskHubName, _ ends: Topology.Queue, _ folder: URL
    ) async throws {
        let hub = names.text
        let logger = Logger(label: "nodes") { _ in SwiftLogNoOpLogHandler() }
        func data(_ number: Int) -> String { folder.appendingPathComponent("\(number)").path }
        var hosts: [HostProcess] = []
        for number in TestCluster.nodes {
            // Each of them is connected to another node at first.
            hosts.append(
                try await HostProcess.start(
                    hub: hub, broker: TestCluster.url(first: number), data: data(number),
                    roles: "orchestrator,activity", durability: .journal))
        }
        let victim = try await TestCluster.leader(of: names.journalStream(0, of: Self.partitions))
        let survivor = victim % TestCluster.nodes.count + 1
        let transport = try await AMQPTransport.connect(
            AMQPConfiguration(url: TestCluster.url(first: survivor)), logger: logger)
        try await transport.provision(
            Topology(
                queues: [ends],
                bindings: ["Completed", "Failed", "Terminated"].map {
                    .init(queue: ends.name, exchange: names.lifecycleExchange, routingKey: "orchestration.\($0).#")
                }))
        try await TestCluster.control("settle")

        var load = CrashLoad(sequences: 150, fanOuts: 15, width: 15)
        let parts = [0, load.starts.count / 3, load.starts.count * 2 / 3, load.starts.count]
        var counter = EndCounter(try await transport.consume(ends.name, prefetch: 100), of: load, and: "probe-")
        try await CrashLoad.publish(load.starts[parts[0]..<parts[1]], names, transport)
        try await counter.wait(for: parts[1] - 10)

        // In the middle of work.
        let second = load.starts[parts[1]..<parts[2]]
        async let more: Void = CrashLoad.publish(second, names, transport)
        let began = ContinuousClock.now
        try await blow.strike(victim)
        let outage = try await Outage.measure(since: began, names, Self.partitions, transport, &counter)
        try await more
        load.starts += outage.probes
        print(
            "three brokers: the node that leads the journals is \(blow.rawValue): the hub works again after "
                + "\(outage.duration), and the longest that a start of that time took is \(outage.longest)")
        try await counter.wait(for: parts[2] + outage.probes.count)

        try await blow.undo(victim)
        try await CrashLoad.publish(load.starts[parts[2]..<parts[3]], names, transport)
        try await counter.wait(for: load.starts.count)
        #expect(outage.duration < .seconds(60))

        try await load.expectOnce(counter, hub: hub, transport, logger: logger)
        for host in hosts { #expect(try await host.terminate() == 0) }
        for partition in 0..<Self.partitions {
            let check = try await JournalCheck(
                names, partition: partition, of: Self.partitions, on: transport, logger: logger)
            try await check.expectPrefixes(in: TestCluster.nodes.map(data))
            // What a node that was cut off or frozen had taken over its connections may be routed when the hosts have
            // stopped: messages that were published again meanwhile, and are known by their IDs.
            if blow == .killed { try await check.expectNothingWaits() }
        }
        let unread = try await transport.depth(of: names.intakeQueue)
        #expect(unread == 0 || blow != .killed)
        #expect(try await transport.depth(of: names.deadQueue) == 0)
        await transport.shutdown()
    }
}

/// For how long a hub did nothing, as its publishers saw it: small instances are started from the blow on, until each
/// partition has completed one.
private struct Outage {
    /// From the blow to the moment from which every partition has completed an instance that was started after it.
    var duration: Duration
    /// From the publishing of a start to the end of its instance, the longest.
    var longest: Duration
    var probes: [CrashLoad.Start]

    private struct Probe {
        var start: CrashLoad.Start
        var partition: Int
        var began: ContinuousClock.Instant
    }

    static func measure(
        since blow: ContinuousClock.Instant, _ names: TaskHubName, _ partitions: Int,
        _ transport: any MessageTransport, _ counter: inout EndCounter
    ) async throws -> Outage {
        let publishing = Task { () throws -> [Probe] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                var probes: [Probe] = []
                while !Task.isCancelled {
                    for partition in 0..<partitions {
                        let start = probe(of: partition, of: partitions)
                        probes.append(Probe(start: start, partition: partition, began: .now))
                        // In a task that is not cancelled with this one: what was begun is confirmed in the end.
                        let sending = Task { try await CrashLoad.publish([start], names, transport) }
                        group.addTask { try await sending.value }
                    }
                    // The pace of the load.
                    do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
                }
                try await group.waitForAll()
                return probes
            }
        }
        var revived: Set<Int> = []
        var ended: [String: ContinuousClock.Instant] = [:]
        func note(_ counter: EndCounter) {
            for instance in counter.executions.keys where instance.hasPrefix("probe-") && ended[instance] == nil {
                ended[instance] = .now
                revived.insert(Partitioning.partition(of: instance, count: partitions))
            }
        }
        do {
            while revived.count < partitions {
                try await counter.wait(for: counter.executions.count + 1)
                note(counter)
            }
        } catch {
            publishing.cancel()
            throw error
        }
        let duration = ContinuousClock.now - blow
        publishing.cancel()
        let probes = try await publishing.value
        while ended.count < probes.count {
            try await counter.wait(for: counter.executions.count + 1)
            note(counter)
        }
        let waits = probes.compactMap { probe in ended[probe.start.instanceID].map { $0 - probe.began } }
        return Outage(duration: duration, longest: waits.max() ?? .zero, probes: probes.map(\.start))
    }

    /// A start of an instance that belongs to a partition.
    private static func probe(of partition: Int, of partitions: Int) -> CrashLoad.Start {
        while true {
            let id = "probe-\(UInt32.random(in: 0...UInt32.max))"
            guard Partitioning.partition(of: id, count: partitions) == partition else { continue }
            return CrashLoad.Start(
                orchestration: "HelloCities", instanceID: id, input: "[\"Oslo\"]", expected: "[\"Hello Oslo!\"]",
                activities: 1)
        }
    }
}
