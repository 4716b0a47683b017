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
@testable import WarrenHost

/// Kills, freezes and restarts hosts that share a hub, under load, and then counts.
@Suite(
    "Crash: hosts that share a hub", .serialized, .timeLimit(.minutes(25)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct TakeoverCrashTests {
    /// What can happen to a host.
    private enum Blow: CaseIterable {
        case killed
        /// Killed, and its disk lost.
        case lost
        /// Frozen until the others have taken over, then woken up.
        case frozen
        /// Stopped in order and started again.
        case restarted
        /// The broker is killed.
        case broker
        /// A fourth host joins, and leaves again.
        case joined
    }

    /// How often each thing happens: as the issue asks for with `scripts/test --chaos`, and a part of that otherwise.
    private static var blows: [Blow] {
        let isLong = ProcessInfo.processInfo.environment["WARREN_CHAOS"] != nil
        let counts: [(Blow, Int)] =
            isLong
            ? [(.killed, 20), (.lost, 10), (.frozen, 5), (.restarted, 6), (.broker, 5), (.joined, 3)]
            : [(.killed, 1), (.lost, 2), (.frozen, 1), (.restarted, 1), (.broker, 1)]
        return counts.flatMap { Array(repeating: $0.0, count: $0.1) }
    }

    @Test("every confirmed start completes exactly once, whatever happens to three hosts; every file is a prefix")
    func everythingOnce() async throws {
        let hub = "takeover\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let ends = Topology.Queue(name: "\(hub).test.ends", arguments: ["x-queue-type": "quorum"])
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        try await withCleanUp {
            try await strike(names, ends, activities, folder)
        } afterwards: {
            try? FileManager.default.removeItem(at: folder)
            try await TestBroker.control("start")
            try await TestBroker.remove(
                names, partitions: 4, activities: activities,
                and: Topology(queues: [ends, WorkCounter.queue(names)]))
        }
    }

    private func strike(
        _ names: TaskHubName, _ ends: Topology.Queue, _ activities: [String], _ folder: URL
    ) async throws {
        var seed = SplitMix(state: UInt64.random(in: 0...UInt64.max))
        print("takeover test seed: \(seed.state)")
        let url = try TestBroker.requireURL()
        let hub = names.text
        func data(_ number: Int) -> String { folder.appendingPathComponent("\(number)").path }
        func start(_ number: Int) async throws -> HostProcess {
            try await HostProcess.start(
                hub: hub, broker: url, data: data(number), roles: "orchestrator,activity", durability: .journal)
        }
        var hosts = [try await start(0), try await start(1), try await start(2)]
        let logger = Logger(label: "takeover") { _ in SwiftLogNoOpLogHandler() }
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        try await transport.provision(
            Topology(
                queues: [ends],
                bindings: ["Completed", "Failed", "Terminated"].map {
                    .init(queue: ends.name, exchange: names.lifecycleExchange, routingKey: "orchestration.\($0).#")
                }))
        try await transport.provision(WorkCounter.topology(names, activities, partitions: 4))
        try await TestBroker.control("settle")

        let blows = Self.blows.shuffled(using: &seed)
        let load = CrashLoad(
            sequences: 18 * blows.count, fanOuts: 2 * blows.count, width: 15, others: 3 * blows.count)
        let subscription = try await transport.consume(ends.name, prefetch: 100)
        var counter = EndCounter(subscription, of: load)
        var published = 0
        for (index, blow) in blows.enumerated() {
            let target = load.starts.count * (index + 1) / (blows.count + 1)
            try await CrashLoad.publish(load.starts[published..<target], names, transport)
            published = target
            try await counter.wait(for: max(0, target - Int.random(in: 1...20, using: &seed)))
            let victim = Int.random(in: 0..<hosts.count, using: &seed)
            switch blow {
            case .killed:
                await hosts[victim].kill()
                hosts[victim] = try await start(victim)
            case .lost:
                await hosts[victim].kill()
                try FileManager.default.removeItem(atPath: data(victim))
                // The others finish everything without it.
                try await counter.wait(for: target)
                hosts[victim] = try await start(victim)
            case .frozen:
                hosts[victim].freeze()
                // A frozen host keeps its share of work items until the broker gives its connection up.
                try await counter.wait(for: target)
                hosts[victim].thaw()
            case .restarted:
                #expect(try await hosts[victim].terminate() == 0)
                hosts[victim] = try await start(victim)
            case .broker:
                try await TestBroker.control("kill")
                try await TestBroker.control("start")
            case .joined:
                let fourth = try await start(3)
                try await counter.wait(for: target)
                #expect(try await fourth.terminate() == 0)
            }
        }
        try await CrashLoad.publish(load.starts[published...], names, transport)
        try await counter.wait(for: load.starts.count, children: load.children)

        try await load.expectOnce(counter, hub: hub, transport, logger: logger)
        load.expectChildren(counter)
        let work = try await WorkCounter.read(names, transport)
        work.expectOnce(load.starts.map(\.activities).reduce(0, +))
        for host in hosts { #expect(try await host.terminate() == 0) }
        for partition in 0..<4 {
            let check = try await JournalCheck(names, partition: partition, of: 4, on: transport, logger: logger)
            try await check.expectPrefixes(in: (0..<4).map(data))
            try await check.expectNothingWaits()
        }
        #expect(try await transport.depth(of: names.intakeQueue) == 0)
        #expect(try await transport.depth(of: names.deadQueue) == 0)
        await transport.shutdown()
    }
}
