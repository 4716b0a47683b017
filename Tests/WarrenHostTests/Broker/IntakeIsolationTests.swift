import AMQP
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

/// One partition that takes nothing, on a real broker: the others go on, and afterwards nothing is missing.
@Suite(
    "A partition in trouble does not hold up the hub", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct IntakeIsolationTests {
    private static let note = Orchestration<Int, Int>("Note")
    private static let list = Orchestration<Int, [Int]>("List")
    private static let add = ExternalEvent<Int>("Add")
    private static let partitions = 2

    private final class Trouble: Sendable {
        let isBroken = Atomic<Bool>(true)
    }

    private static func ids(_ count: Int, _ prefix: String, in partition: Int) -> [String] {
        Array(
            (0...).lazy.map { "\(prefix)-\($0)" }
                .filter { Partitioning.partition(of: $0, count: partitions) == partition }.prefix(count))
    }

    private func start(
        _ names: TaskHubName, _ url: String, _ folder: String, _ trouble: Trouble, _ seen: Happenings<String>,
        _ log: LogLines
    ) async throws -> Task<Void, any Error> {
        var configuration = HostConfiguration(
            hub: names.text, broker: url, dataDirectory: folder, partitionCount: Self.partitions)
        configuration.messages.prefetch = 64
        var environment = HostEnvironment.production(for: configuration)
        let open = environment.store
        environment.store = { partition, configuration, logger in
            let store = try open(partition, configuration, logger)
            guard partition == 0, trouble.isBroken.load(ordering: .relaxed) else { return store }
            return FaultInjectingStore(store, fault: .fail(commit: 1, StorageError(.io, "The disk is away.")))
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: log.logger)
        host.register(Self.note) { context, number in
            // What the sick partition runs is lost with its commit, and runs again.
            if Partitioning.partition(of: context.instanceID, count: Self.partitions) == 1 {
                seen.add(context.instanceID)
            }
            return number
        }
        host.register(Self.list) { context, count in
            var numbers: [Int] = []
            for _ in 0..<count { numbers.append(try await context.wait(for: Self.add)) }
            return numbers
        }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        return running
    }

    @Test("The others go on at once, also after a restart; after mending everything comes, once and in order")
    func isolation() async throws {
        let url = try TestBroker.requireURL()
        let names = try TaskHubName("test\(UInt32.random(in: 0...UInt32.max))")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(names.text)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let trouble = Trouble()
        let seen = Happenings<String>()
        let log = LogLines()
        let transport = try await AMQPTransport.connect(
            AMQPConfiguration(url: url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withCleanUp {
            var running = try await start(names, url, folder, trouble, seen, log)
            let sick = Self.ids(400, "a", in: 0)
            let well = Self.ids(400, "a", in: 1)
            let lists = Self.ids(2, "list", in: 0)
            for id in lists { try await publish(Self.list, 600, id, names, transport) }
            func publishRound(_ range: Range<Int>) async throws {
                for number in range {
                    try await publish(Self.note, number, sick[number], names, transport)
                    for id in lists {
                        for event in (3 * number)..<(3 * number + 3) where event < 600 {
                            try await raise(event, to: id, names, transport)
                        }
                    }
                    try await publish(Self.note, number, well[number], names, transport)
                }
            }
            // 1 The healthy partition works all of its own off although the sick one's fill the prefetch many times.
            try await publishRound(0..<100)
            try await seen.wait(for: 100)
            #expect(log.count(of: "A partition takes little or nothing") >= 1)
            // 2 After a restart, too, which is quick.
            let begin = ContinuousClock.now
            running.cancel()
            try await running.ended()
            #expect(.now - begin < .seconds(10))
            running = try await start(names, url, folder, trouble, seen, log)
            try await publishRound(100..<200)
            try await seen.wait(for: 200)
            #expect(Set(seen.all) == Set(well.prefix(200)))
            // 3 Mended, everything is done, once, in order, and by the short way again.
            trouble.isBroken.store(false, ordering: .relaxed)
            let client = try await TaskHubClient(hub: names.text, transport: transport)
            for id in lists { #expect(try await client.instance(of: Self.list, id: id).result() == Array(0..<600)) }
            for (number, id) in sick.prefix(200).enumerated() {
                #expect(try await client.instance(of: Self.note, id: id).result() == number)
            }
            try await log.wait(for: "takes what comes for it directly again")
            try await publishRound(200..<210)
            #expect(try await client.instance(of: Self.note, id: sick[209]).result() == 209)
            try await seen.wait(for: 210)
            #expect(try await transport.depth(of: names.detourQueue(0, of: Self.partitions)) == 0)
            #expect(try await transport.depth(of: names.deadQueue) == 0)
            await client.close()
            running.cancel()
            try await running.ended()
        } afterwards: {
            await transport.shutdown()
            try await TestBroker.remove(names, partitions: Self.partitions)
        }
    }

    private func publish<Output>(
        _ orchestration: Orchestration<Int, Output>, _ number: Int, _ id: String, _ names: TaskHubName,
        _ transport: AMQPTransport
    ) async throws {
        let outcome = try await transport.outcome(
            of: OutboundMessage(
                exchange: names.startExchange, routingKey: orchestration.name,
                properties: MessageProperties(
                    contentType: "application/json", headers: ["warren-instance-id": .string(id)]),
                body: Array("\(number)".utf8)))
        #expect(outcome == .confirmed)
    }

    private func raise(_ number: Int, to id: String, _ names: TaskHubName, _ transport: AMQPTransport) async throws {
        let outcome = try await transport.outcome(
            of: OutboundMessage(
                exchange: names.eventExchange, routingKey: "\(id)/Add",
                properties: MessageProperties(contentType: "application/json"), body: Array("\(number)".utf8)))
        #expect(outcome == .confirmed)
    }
}
