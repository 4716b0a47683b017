import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// A fault of Warren in place of what its tables allow: a store refuses what one instance leads to, each time.
@Suite("Commits that a store refuses", .timeLimit(.minutes(2)))
struct RefusedCommitTests {
    private static let double = Activity<Int, Int>("Double")
    private static let chain = Orchestration<Int, Int>("Chain")
    private static let sum = Orchestration<Int, Int>("Sum")
    private static let add = ExternalEvent<Int>("Add")
    private static let failed = "A partition's store failed; it is opened again after a pause"

    private static func register(_ host: TaskHubHost) {
        host.register(double) { number in 2 * number }
        host.register(chain) { context, number in try await context.call(double, number) }
        host.register(sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: add)
                if number == 0 { return sum }
                sum += number
            }
        }
    }

    /// Instance IDs of the first partition, the first of which is the one that is refused.
    private static let ids = Array(
        (0...).lazy.map { "instance-\($0)" }
            .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == 0 }.prefix(12))

    /// Runs a test with a host that refuses commits with rows of the bad instance, as long as it does not fail.
    private func run(
        refusingEpisodesFrom episodes: Int, at first: Bool = true,
        _ body: (Cluster, Cluster.Node, Switch) async throws -> Void
    ) async throws {
        try await Cluster.run { cluster in
            let isArmed = Switch(first)
            let bad = Self.ids[0]
            let host = try await cluster.start(
                open: { partition, folder in
                    RefusingStore(try Cluster.files(partition, folder)) { commit in
                        isArmed.isOn
                            && commit.instances.contains {
                                $0.record.instanceID == bad && $0.record.status != .failed
                                    && $0.record.episodes >= episodes
                            }
                    }
                }, register: Self.register)
            try await body(cluster, host, isArmed)
            try await host.stop()
        }
    }

    private final class Switch: Sendable {
        private let flag: Atomic<Bool>

        init(_ isOn: Bool) { flag = Atomic(isOn) }

        var isOn: Bool { flag.load(ordering: .relaxed) }
        func turn(on: Bool) { flag.store(on, ordering: .relaxed) }
    }

    /// Publishes starts without waiting for anything: the transport confirms each when it has taken effect.
    private func startChains(_ ids: ArraySlice<String>, in cluster: Cluster) {
        for (number, id) in zip(ids.indices, ids) {
            let start = OutboundMessage(
                exchange: cluster.names.startExchange, routingKey: Self.chain.name,
                properties: MessageProperties(
                    contentType: "application/json", headers: ["warren-instance-id": .string(id)],
                    messageID: "start-\(id)"),
                body: Array("\(number)".utf8))
            cluster.transport.publish([start]) { outcomes in #expect(outcomes == [.confirmed]) }
        }
    }

    /// Expects that all but the first instance end, with twice their input.
    private func expectOthers(in cluster: Cluster) async throws {
        for (number, id) in Self.ids.enumerated().dropFirst() {
            #expect(try await cluster.client.instance(of: Self.chain, id: id).result() == 2 * number)
        }
    }

    /// Lets the pauses after three refusals pass: one of a crowd, and two of the culprit alone.
    private func passRefusals(_ host: Cluster.Node) async throws {
        for count in 1...3 {
            let lines = try await host.log.wait(for: Self.failed, count: count)
            #expect(lines.last?.metadata["error"]?.description.hasPrefix("misuse") == true)
            host.pass(.seconds(2))
        }
    }

    @Test("A start goes to the dead letters, and those that came with it take effect once")
    func start() async throws {
        try await run(refusingEpisodesFrom: 0) { cluster, host, _ in
            let client = cluster.client
            startChains(Self.ids[...], in: cluster)
            try await passRefusals(host)
            try await expectOthers(in: cluster)
            #expect(try await client.status(of: Self.ids[0]) == nil)
            #expect(try await cluster.deadLetters == 1)
            #expect(host.log.count(of: Self.failed) == 3)
        }
    }

    @Test("An event goes to the dead letters, and its instance goes on")
    func event() async throws {
        try await run(refusingEpisodesFrom: 0, at: false) { cluster, host, isArmed in
            let client = cluster.client
            _ = try await client.start(Self.sum, 1, id: Self.ids[0])
            isArmed.turn(on: true)
            let event = OutboundMessage(
                exchange: cluster.names.eventExchange, routingKey: "\(Self.ids[0])/Add",
                properties: MessageProperties(contentType: "application/json", messageID: "five"),
                body: Array("5".utf8))
            cluster.transport.publish([event]) { outcomes in #expect(outcomes == [.confirmed]) }
            startChains(Self.ids.dropFirst(), in: cluster)
            try await passRefusals(host)
            try await expectOthers(in: cluster)
            isArmed.turn(on: false)
            try await client.raise(Self.add, 0, to: Self.ids[0])
            #expect(try await client.instance(of: Self.sum, id: Self.ids[0]).result() == 1)
            #expect(try await cluster.deadLetters == 1)
        }
    }

    @Test("An instance fails whose result is refused, and the others go on")
    func result() async throws {
        try await run(refusingEpisodesFrom: 2) { cluster, host, _ in
            let client = cluster.client
            startChains(Self.ids[...], in: cluster)
            try await passRefusals(host)
            try await expectOthers(in: cluster)
            let failure = await #expect(throws: OrchestrationFailure.self) {
                try await client.instance(of: Self.chain, id: Self.ids[0]).result()
            }
            #expect(failure?.details.type == FailureDetails.refusedByStoreType)
        }
    }
}
