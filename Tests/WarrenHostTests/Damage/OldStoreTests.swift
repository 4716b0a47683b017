import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost
@testable import WarrenStorage

/// Files that are older than what was acknowledged.
@Suite("Stores that have lost something", .timeLimit(.minutes(5)))
struct OldStoreTests {
    private static let echo = Orchestration<Int, Int>("Echo")

    private static func register(_ host: TaskHubHost) {
        host.register(echo) { _, number in number }
    }

    private static func ids(_ numbers: Range<Int>) -> [String] {
        let all = (0...).lazy.map { "instance-\($0)" }
            .filter { Partitioning.partition(of: $0, count: Cluster.partitions) == 0 }
        return Array(Array(all.prefix(numbers.upperBound)).dropFirst(numbers.lowerBound))
    }

    private func run(_ numbers: Range<Int>, in cluster: Cluster) async throws {
        for id in Self.ids(numbers) { #expect(try await cluster.client.start(Self.echo, 1, id: id).result() == 1) }
    }

    private func start(
        _ cluster: Cluster, _ record: FlightRecord, acceptOlder: Bool = false
    ) async throws -> Cluster.Node {
        try await cluster.start(
            configure: { $0.storage.acceptOlder = acceptOlder }, record: record, register: Self.register)
    }

    private func refusal(_ cluster: Cluster, _ record: FlightRecord) async throws -> HostError {
        try #require(
            await #expect(throws: HostError.self) {
                try await cluster.start(record: record, register: Self.register)
            })
    }

    @Test("A host goes on from its own files as often as it likes, also those of a host that was killed")
    func whole() async throws {
        try await Cluster.run { cluster in
            let record = FlightRecord()
            for round in 0..<3 {
                let host = try await start(cluster, record)
                try await run((10 * round)..<(10 * round + 10), in: cluster)
                try await host.stop()
            }
            #expect(try #require(record.commit(of: 0)).mark.number > 10)
        }
    }

    @Test("A backup that is copied back is refused with what is missing and since when, and taken when told so")
    func backup() async throws {
        try await Cluster.run { cluster in
            let record = FlightRecord()
            let file = try DamageBench.file(cluster.folder)
            let first = try await start(cluster, record)
            try await run(0..<5, in: cluster)
            try await first.stop()
            let backup = try Data(contentsOf: URL(fileURLWithPath: file))
            let second = try await start(cluster, record)
            try await run(5..<20, in: cluster)
            try await second.stop()
            try backup.write(to: URL(fileURLWithPath: file))

            let error = try await refusal(cluster, record)
            #expect(error.code == .storage)
            #expect(error.message.contains("partition 0: the file ends with commit"))
            #expect(error.message.contains("commits are missing"))
            #expect(error.message.contains("storage.acceptOlder"))
            #expect(!error.message.contains("partition 1"))
            // Still so.
            _ = try await refusal(cluster, record)

            let third = try await start(cluster, record, acceptOlder: true)
            #expect(third.log.count(of: "goes on from an older state") == 1)
            try await run(20..<22, in: cluster)
            try await third.stop()
            // From here on it is the state that counts.
            let fourth = try await start(cluster, record)
            try await fourth.stop()
        }
    }

    @Test("An older copy of the whole directory is refused by the hub's record in the broker, and taken when told so")
    func wholeDirectory() async throws {
        try await Cluster.run { cluster in
            let file = try DamageBench.file(cluster.folder)
            // Each host has a note of its own, as one that was copied along with the files: it knows of nothing newer.
            let first = try await start(cluster, FlightRecord())
            try await run(0..<5, in: cluster)
            try await first.stop()
            let copy = try Data(contentsOf: URL(fileURLWithPath: file))
            let second = try await start(cluster, FlightRecord())
            try await run(5..<20, in: cluster)
            try await second.stop()
            // Inside a process it is the next start that notes how far the files have come.
            let noting = try await start(cluster, FlightRecord())
            try await noting.stop()
            try copy.write(to: URL(fileURLWithPath: file))

            for _ in 0..<2 {
                let error = try await refusal(cluster, FlightRecord())
                #expect(error.code == .storage)
                #expect(error.message.contains("partition 0: the file ends with commit"))
                #expect(error.message.contains("by the hub's record in the broker"))
                #expect(error.message.contains("commits are missing"))
                #expect(error.message.contains("storage.acceptOlder"))
            }
            let third = try await start(cluster, FlightRecord(), acceptOlder: true)
            try await run(20..<22, in: cluster)
            try await third.stop()
            // From here on it is the state that counts, in the broker, too.
            let fourth = try await start(cluster, FlightRecord())
            try await run(22..<24, in: cluster)
            try await fourth.stop()
        }
    }

    @Test(
        "A write-ahead log that is cut, overwritten or removed is noticed",
        arguments: ["cut", "overwritten", "removed"])
    func log(damage: String) async throws {
        try await Cluster.run { cluster in
            let record = FlightRecord()
            let file = try DamageBench.file(cluster.folder)
            let first = try await start(cluster, record)
            try await first.stop()
            // As kill -9 leaves it: the log is not moved into the file.
            let host = try await start(cluster, record)
            // A reader keeps the log from being moved into the file while the writer rests, as it does on a slow machine.
            var reader: Connection? = try Connection(path: file, mode: .readOnly)
            try reader?.execute("BEGIN; SELECT count(*) FROM header")
            try await run(0..<20, in: cluster)
            try await cluster.rest(host)
            let killed = [file, file + "-wal"].map { ($0, FileManager.default.contents(atPath: $0) ?? Data()) }
            // Its connection must be gone before the files are replaced.
            try reader?.execute("COMMIT")
            reader = nil
            let mark = try #require(record.commit(of: 0)).mark
            try await host.stop()
            for (path, content) in killed { try content.write(to: URL(fileURLWithPath: path)) }
            // The clean closing wrote no more than those did.
            #expect(record.commit(of: 0)?.mark == mark)

            var wal = killed[1].1
            #expect(wal.count > 10_000)
            switch damage {
            case "cut": wal = wal.prefix(wal.count - 1000)
            case "overwritten":
                let middle = wal.count / 2
                wal.replaceSubrange(middle..<(middle + 64), with: Data(repeating: 0xaa, count: 64))
            default: wal = Data()
            }
            try wal.write(to: URL(fileURLWithPath: file + "-wal"))
            let error = try await refusal(cluster, record)
            #expect(error.message.contains("commits are missing"), "\(error)")
        }
    }

    @Test("A file that was removed is not taken for a new one")
    func removed() async throws {
        try await Cluster.run { cluster in
            let record = FlightRecord()
            let first = try await start(cluster, record)
            try await run(0..<5, in: cluster)
            try await first.stop()
            try FileManager.default.removeItem(atPath: try DamageBench.file(cluster.folder))
            let error = try await refusal(cluster, record)
            #expect(error.message.contains("the file is new or empty"), "\(error)")
        }
    }
}
