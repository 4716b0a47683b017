import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenTestKit

@testable import WarrenHost
@testable import WarrenStorage

/// A hub with something in every table, to be damaged bit by bit.
enum DamageBench {
    static let add = ExternalEvent<Int>("Add")
    static let sum = Orchestration<Int, Int>("Sum")
    static let sleeper = Orchestration<Int, Int>("Sleeper")
    static let parent = Orchestration<String, Int>("Parent")
    static let echo = Orchestration<Int, Int>("Echo")
    static let lost = Orchestration<Int, Int>("Lost")
    static let long = Orchestration<Int, Int>("Long")
    static let tables = ["instances", "inputs", "tags", "history", "inbox", "timers", "leases", "outbox", "held"]

    static func register(_ host: TaskHubHost) {
        host.register(echo) { _, number in number }
        host.register(sum) { context, start in
            var sum = start
            while true {
                let number = try await context.wait(for: add)
                if number == 0 { return sum }
                sum += number
            }
        }
        host.register(sleeper) { context, days in
            try await context.sleep(for: .days(days))
            return days
        }
        host.register(parent) { context, child in
            try await context.call(sum, 1, id: child)
        }
        // An activity of another program, whose queue is missing or has no reader.
        host.register(lost) { context, number in
            try await context.call(Activity<Int, Int>("Missing"), number)
        }
        host.register(long) { context, number in try await context.call(Activity<Int, Int>("Slow"), number) }
    }

    /// IDs of instances of the partition that is damaged.
    static func id(_ prefix: String) -> String {
        for number in 0... where Partitioning.partition(of: "\(prefix)-\(number)", count: Cluster.partitions) == 0 {
            return "\(prefix)-\(number)"
        }
        return prefix
    }

    static let names = ["sum", "ended", "sleeper", "parent", "child", "lost", "long", "scheduled", "failed"]

    /// Fills the folder's files, and leaves them closed.
    static func fill(_ folder: String) async throws {
        try await Cluster.run(in: folder) { cluster in
            let host = try await cluster.start([.orchestrator], register: register)
            let client = cluster.client
            _ = try await client.start(sum, 5, id: id("sum"), tags: ["tier": "gold"])
            try await client.raise(add, 7, to: id("sum"))
            #expect(try await client.start(echo, 1, id: id("ended")).result() == 1)
            _ = try await client.start(sleeper, 3, id: id("sleeper"))
            _ = try await client.start(parent, id("child"), id: id("parent"))
            _ = try await client.start(lost, 3, id: id("lost"))
            try await cluster.transport.provision(TaskHubTopology.activities(["Slow"], of: cluster.names))
            _ = try await client.start(long, 3, id: id("long"))
            _ = try await client.start(
                sum, 1, id: id("scheduled"), startAt: Cluster.beginning.advanced(by: .seconds(90_000)))
            cluster.transport.publish([
                OutboundMessage(
                    exchange: cluster.names.eventExchange, routingKey: "\(id("nobody"))/Add",
                    properties: MessageProperties(contentType: "application/json"), body: Array("1".utf8))
            ]) { _ in }
            try await host.log.wait(for: "Messages for a destination wait")
            try await host.stop()
        }
    }

    /// The file of the damaged partition.
    static func file(_ folder: String) throws -> String {
        try SQLitePartitionStore.path(directory: folder, hub: Cluster.hub, partition: 0)
    }

    /// Runs SQL on a file that no host has open.
    static func execute(_ sql: String, on path: String) throws {
        try Connection(path: path, mode: .readWrite).execute(sql)
    }

    /// Flips one bit of a column of a row.
    ///
    /// - Returns: what was changed; `nil` if there is no such row or value, or the table does not take it.
    static func flip(
        _ folder: String, table: String, column: Int, using generator: inout some RandomNumberGenerator
    ) throws -> String? {
        let connection = try Connection(path: try file(folder), mode: .readWrite)
        var rows: [Int64] = []
        try connection.prepare("SELECT rowid FROM \(table)").forEach { row in rows.append(row.int64(0)) }
        guard let row = rows.randomElement(using: &generator) else { return nil }
        guard let name = try connection.text("SELECT name FROM pragma_table_info('\(table)') WHERE cid = \(column)")
        else { return nil }
        let kind = try connection.text("SELECT typeof(\(name)) FROM \(table) WHERE rowid = \(row)")
        let value: String
        switch kind {
        case "integer":
            let bit = Int64(1) << Int64.random(in: 0...40, using: &generator)
            value = "(\(name) | \(bit)) - (\(name) & \(bit))"
        case "text", "blob":
            let hex = try connection.text("SELECT hex(\(name)) FROM \(table) WHERE rowid = \(row)") ?? ""
            var bytes = stride(from: 0, to: hex.utf8.count, by: 2).compactMap { offset -> UInt8? in
                let start = hex.index(hex.startIndex, offsetBy: offset)
                return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
            }
            guard let index = bytes.indices.randomElement(using: &generator) else { return nil }
            bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            value = kind == "text" ? "CAST(x'\(text)' AS TEXT)" : "x'\(text)'"
        default: return nil
        }
        do {
            try connection.execute("UPDATE \(table) SET \(name) = \(value) WHERE rowid = \(row)")
        } catch {
            return nil
        }
        return "\(table).\(name) of row \(row)"
    }
}

/// The same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
