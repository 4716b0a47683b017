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

/// A file that is damaged as a whole stops its partition, and nothing else.
@Suite("Files that are damaged", .timeLimit(.minutes(5)))
struct FileDamageTests {
    private static let echo = Orchestration<Int, Int>("Echo")

    private static func register(_ host: TaskHubHost) {
        host.register(echo) { _, number in number }
    }

    private static func ids(_ count: Int, in partition: Int) -> [String] {
        Array(
            (0...).lazy.map { "instance-\($0)" }
                .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == partition }.prefix(count))
    }

    /// How a file can be damaged while no host runs.
    enum Damage: String, CaseIterable {
        case garbage, noHeader, noTable, otherPartition, otherHub

        func inflict(on path: String) throws {
            switch self {
            case .garbage:
                try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: path))
            case .noHeader: try DamageBench.execute("DELETE FROM header", on: path)
            case .noTable: try DamageBench.execute("DROP TABLE outbox", on: path)
            case .otherPartition: try DamageBench.execute("UPDATE header SET partition = 1", on: path)
            case .otherHub: try DamageBench.execute("UPDATE header SET hub = 'tesu'", on: path)
            }
        }
    }

    @Test("At the start the others run, and one line names the file and the remedy", arguments: Damage.allCases)
    func atStart(damage: Damage) async throws {
        try await Cluster.run { cluster in
            let first = try await cluster.start(register: Self.register)
            try await first.stop()
            try damage.inflict(on: try DamageBench.file(cluster.folder))
            let host = try await cluster.start(running: 1, register: Self.register)
            let lines = host.log.all.filter { $0.level == .critical }
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            #expect(line.message.contains("put a backup in the place of the file"))
            #expect(line.metadata["file"]?.description.contains("test.partition.00.sqlite") == true, "\(line)")
            #expect(line.metadata["partition"]?.description == "0")
            for id in Self.ids(20, in: 1) {
                #expect(try await cluster.client.start(Self.echo, 3, id: id).result() == 3)
            }
            // A question for the partition is answered, with what is wrong.
            let error = await #expect(throws: ClientError.self) {
                try await cluster.client.status(of: Self.ids(1, in: 0)[0])
            }
            #expect(error?.code == .rejected)
            #expect(error?.message.contains("its file is damaged") == true, "\(error.map { "\($0)" } ?? "")")
            try await host.stop()
        }
    }

    @Test("While the host runs the partition stops at once and for good, and the others go on")
    func atRunTime() async throws {
        try await Cluster.run { cluster in
            let openings = Atomic(0)
            let host = try await cluster.start(
                open: { partition, folder in
                    let store = try Cluster.files(partition, folder)
                    guard partition == 0 else { return store }
                    openings.add(1, ordering: .relaxed)
                    return FaultInjectingStore(
                        store,
                        fault: .fail(commit: 2, StorageError(.corrupt, "The file is damaged.", path: "the file")))
                },
                register: Self.register)
            let ids = Self.ids(3, in: 0)
            #expect(try await cluster.client.start(Self.echo, 1, id: ids[0]).result() == 1)
            async let lost: Void = start(ids[1], in: cluster)
            try await host.log.wait(for: "A partition's file is damaged")
            host.pass(.seconds(600))
            for id in Self.ids(20, in: 1) {
                #expect(try await cluster.client.start(Self.echo, 3, id: id).result() == 3)
            }
            #expect(openings.load(ordering: .relaxed) == 1)
            #expect(host.log.count(of: "A partition's file is damaged") == 1)
            try await host.stop()
            try await lost
        }
    }

    /// Publishes a start without waiting for anything.
    private func start(_ id: String, in cluster: Cluster) async throws {
        let start = OutboundMessage(
            exchange: cluster.names.startExchange, routingKey: Self.echo.name,
            properties: MessageProperties(
                contentType: "application/json", headers: ["warren-instance-id": .string(id)]),
            body: Array("1".utf8))
        cluster.transport.publish([start]) { _ in }
    }

    @Test("A host of which no partition can go on ends with the reason")
    func all() async throws {
        try await Cluster.run { cluster in
            let failure = StorageError(.corrupt, "The file is damaged.", path: "the file")
            let host = try await cluster.start(
                open: { partition, folder in
                    FaultInjectingStore(try Cluster.files(partition, folder), fault: .fail(commit: 1, failure))
                },
                register: Self.register)
            for partition in 0..<Cluster.partitions {
                try await start(Self.ids(1, in: partition)[0], in: cluster)
            }
            let error = await #expect(throws: HostError.self) { try await host.running.value }
            #expect(error?.code == .storage)
        }
    }
}
