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

/// One bit of one row: its instance fails or the row is set aside, the partition goes on, and what was lost is said.
@Suite("Rows that cannot be read", .timeLimit(.minutes(10)))
struct RowDamageTests {
    private static func copy(_ folder: String, to copy: String) throws {
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
    }

    private func temporary(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("A bit in any column of any table stops nothing but what it belongs to", arguments: 1...6)
    func everyColumn(seed: Int) async throws {
        try await temporary { pristine in
            try await DamageBench.fill(pristine)
            try await temporary { folder in
                var generator = SeededGenerator(UInt64(seed))
                var flips = 0
                for table in DamageBench.tables {
                    for column in 0..<24 {
                        try Self.copy(pristine, to: folder)
                        guard
                            let flip = try DamageBench.flip(folder, table: table, column: column, using: &generator)
                        else { continue }
                        flips += 1
                        do {
                            try await goesOn(folder, after: flip)
                        } catch {
                            Issue.record("\(flip): \(error)")
                            return
                        }
                    }
                }
                // Which columns have a value depends on the rows that the seed picks.
                #expect(flips > 35)
            }
        }
    }

    /// Starts a host on the damaged files: what is new completes, and whatever there was comes to an end.
    private func goesOn(_ folder: String, after flip: String) async throws {
        try await Cluster.run(in: folder) { cluster in
            let host = try await cluster.start([.orchestrator], register: DamageBench.register)
            let client = cluster.client
            let fresh = try await client.start(DamageBench.echo, 4, id: DamageBench.id("fresh")).result()
            #expect(fresh == 4, "\(flip)")
            // Without waiting: one whose ID is damaged is unknown by it, and the event waits for it.
            for name in ["sum", "child"] {
                cluster.transport.publish([
                    OutboundMessage(
                        exchange: cluster.names.eventExchange, routingKey: "\(DamageBench.id(name))/Add",
                        properties: MessageProperties(contentType: "application/json"), body: Array("0".utf8))
                ]) { _ in }
            }
            // Timers, held messages, and activities that nobody takes.
            try await cluster.rest(host)
            host.pass(.seconds(8 * 24 * 3600))
            var failed = 0
            for name in ["sum", "ended", "sleeper", "parent", "child"] {
                try await cluster.rest(host)
                guard let status = try await client.status(of: DamageBench.id(name)) else { continue }
                if status.failure?.type == "CorruptHistory" { failed += 1 }
                let isEnded = status.runtimeStatus.isTerminal
                #expect(isEnded, "\(flip): \(name) is \(status.runtimeStatus)")
            }
            #expect(failed <= 3, "\(flip)")
            #expect(!host.log.all.contains { $0.message.contains("store failed") || $0.level == .critical }, "\(flip)")
            try await host.stop()
        }
    }

    @Test("A damaged history fails its instance, and tells its parent and whoever waits")
    func history() async throws {
        try await temporary { folder in
            try await DamageBench.fill(folder)
            let child = DamageBench.id("child")
            let connection = try Connection(path: try DamageBench.file(folder), mode: .readWrite)
            try connection.execute(
                """
                UPDATE history SET events = zeroblob(length(events))
                WHERE instance = (SELECT key FROM instances WHERE instance_id = '\(child)')
                """)
            try await Cluster.run(in: folder) { cluster in
                let host = try await cluster.start([.orchestrator], register: DamageBench.register)
                let client = cluster.client
                // An event for it, as an ordinary publisher sends one: it must be settled, and never come back.
                cluster.transport.publish([
                    OutboundMessage(
                        exchange: cluster.names.eventExchange, routingKey: "\(child)/Add",
                        properties: MessageProperties(contentType: "application/json"), body: Array("1".utf8))
                ]) { _ in }
                let line = try #require(try await host.log.wait(for: "its history is damaged").first)
                #expect(line.metadata["instance"]?.description == child)
                #expect(line.metadata["reason"]?.description.contains("Episode 0") == true)
                let status = try #require(try await client.status(of: child))
                #expect(status.runtimeStatus == .failed)
                #expect(status.failure?.type == "CorruptHistory")
                #expect(status.failure?.message.contains("Restore a backup") == true)
                // Its parent.
                let failure = await #expect(throws: (any Error).self) {
                    try await client.instance(of: DamageBench.parent, id: DamageBench.id("parent")).result()
                }
                #expect("\(try #require(failure))".contains("CorruptHistory"))
                try await cluster.rest(host)
                #expect(try await cluster.transport.depth(of: cluster.names.intakeQueue) == 0)
                try await host.stop()
                // Once more: it is settled for good.
                let next = try await cluster.start([.orchestrator], register: DamageBench.register)
                #expect(next.log.count(of: "its history is damaged") == 0)
                #expect(try await client.status(of: child)?.failure?.type == "CorruptHistory")
                try await next.stop()
            }
        }
    }

    @Test("Who terminates an instance with a damaged history is answered once")
    func terminated() async throws {
        try await Cluster.run { cluster in
            // One instance of each partition stays in memory.
            let host = try await cluster.start(
                [.orchestrator], configure: { $0.orchestrations.warmInstances = Cluster.partitions },
                open: { UnreadableHistory(try Cluster.files($0, $1)) }, register: DamageBench.register)
            let client = cluster.client
            let id = DamageBench.id("sum")
            _ = try await client.start(DamageBench.sum, 1, id: id, awaitingEnd: false)
            _ = try await client.start(DamageBench.sum, 1, id: DamageBench.id("child"), awaitingEnd: false)
            try await cluster.rest(host)

            let replies = try await cluster.transport.consumeReplies("reply.test")
            var batches = replies.batches.makeAsyncIterator()
            let encoder = RequestEncoder(hub: cluster.names, replyQueue: "reply.test")
            func terminate(_ id: String, _ correlationID: String) {
                let message = encoder.control(
                    ControlCommand(instanceID: id, verb: .terminate), reply: .accepted,
                    ids: RequestIDs(messageID: correlationID, correlationID: correlationID))
                cluster.transport.publish([message]) { _ in }
            }
            terminate(id, "damaged")
            // To the same partition: its answer comes after all of the first one's.
            terminate(DamageBench.id("nobody"), "last")
            var answers: [ReplyMessage] = []
            while answers.last?.address.correlationID != "last" {
                let batch = try #require(try await batches.next(isolation: #isolation))
                answers += try batch.map { try ReplyCodec.decode($0).get() }
            }
            let told = answers.filter { $0.address.correlationID == "damaged" }
            #expect(told.map(\.status) == [.rejected])
            #expect(told.first.flatMap(ReplyCodec.refusal)?.reason == .instanceFinished)
            #expect(try await client.status(of: id)?.failure?.type == "CorruptHistory")
            await replies.close()
            try await host.stop()
        }
    }

    @Test("A damaged timer is set again from the history, and fires in its time")
    func timer() async throws {
        try await temporary { folder in
            try await DamageBench.fill(folder)
            let connection = try Connection(path: try DamageBench.file(folder), mode: .readWrite)
            try connection.execute("UPDATE timers SET fire_at = fire_at + 1099511627776")
            try await Cluster.run(in: folder) { cluster in
                let host = try await cluster.start([.orchestrator], register: DamageBench.register)
                try await host.log.wait(for: "A row that cannot be read is set aside", count: 2)
                try await cluster.rest(host)
                host.pass(.seconds(3 * 24 * 3600))
                let sleeper = cluster.client.instance(of: DamageBench.sleeper, id: DamageBench.id("sleeper"))
                #expect(try await sleeper.result() == 3)
                try await cluster.rest(host)
                let scheduled = try #require(try await cluster.client.status(of: DamageBench.id("scheduled")))
                #expect(scheduled.runtimeStatus == .running)
                try await host.stop()
            }
        }
    }

    @Test("A damaged row of the outbox is set aside and shown, and the work it asked for is asked for again")
    func outbox() async throws {
        try await temporary { folder in
            try await DamageBench.fill(folder)
            let connection = try Connection(path: try DamageBench.file(folder), mode: .readWrite)
            #expect(try #require(try connection.integer("SELECT count(*) FROM outbox")) > 0)
            try connection.execute("UPDATE outbox SET messages = zeroblob(length(messages))")
            try await Cluster.run(in: folder) { cluster in
                try await cluster.transport.provision(TaskHubTopology.activities(["Missing"], of: cluster.names))
                let host = try await cluster.start([.orchestrator], register: DamageBench.register)
                try await host.log.wait(for: "A row that cannot be read is set aside")
                try await host.log.wait(for: "looked up in the histories")
                try await cluster.rest(host)
                #expect(try await cluster.deadLetters > 0)
                let told = try await cluster.client.damagedRows(of: 0)
                #expect(try #require(told.counts["outbox"]) > 0 && told.rows.first?.reason.isEmpty == false)
                #expect(try await cluster.client.damagedRows(of: 1).counts.isEmpty)
                await #expect(throws: ClientError.self) { try await cluster.client.damagedRows(of: 7) }
                // Nothing is heard of the activities in the time of a lease.
                host.pass(.seconds(61))
                try await host.log.wait(for: "its work item is dispatched again")
                try await cluster.rest(host)
                #expect(try await cluster.transport.depth(of: cluster.names.activityQueue("Missing")) > 0)
                try await host.stop()
            }
            let store = try Cluster.openFile(0, folder, pageLimit: nil)
            #expect(try store.counts().damaged > 0)
            let shown = try store.damagedRows(most: 1)
            #expect(shown.counts == ["outbox": try store.counts().damaged])
            #expect(shown.rows.count == 1 && shown.rows.first?.table == "outbox")
            store.close()
        }
    }
}

/// A store that can read no history.
private final class UnreadableHistory: ForwardingStore {
    let store: any PartitionStore

    init(_ store: any PartitionStore) { self.store = store }

    func history(of instance: Int64, generation: Int) throws -> [[UInt8]] {
        throw StorageError(.damagedRow, "Episode 0 cannot be read.", instance: instance)
    }
}
