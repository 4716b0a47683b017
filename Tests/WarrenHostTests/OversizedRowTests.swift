import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenSupport

@testable import WarrenHost

/// A message that an earlier version wrote, and that nobody can send.
@Suite("A row of the outbox that cannot be sent", .timeLimit(.minutes(5)))
struct OversizedRowTests {
    @Test("It is taken out, said and kept as a dead letter, and the rows behind it go on", arguments: [false, true])
    func first(isMixed: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "row-\(UInt32.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = try TaskHubName("old")
        let logger = LogLines().logger
        @Sendable func open() throws -> SQLitePartitionStore {
            try SQLitePartitionStore.open(
                directory: folder.path, hub: "old", partition: 0, partitionCount: 1, logger: logger)
        }
        let large = OutboundMessage(
            exchange: names.lifecycleExchange, routingKey: "orchestration.Completed.Old",
            body: Array(repeating: UInt8(ascii: "1"), count: 9 << 20))
        let answers = (0..<2).map { number in
            OutboundMessage(
                exchange: "", routingKey: "reply.old",
                properties: MessageProperties(correlationID: "c\(number)", type: WireType.reply), body: [0x31])
        }
        let store = try open()
        var commit = PartitionCommit()
        commit.outbox = [
            OutboxRow(id: 1, messages: OutboxCodec.encode(isMixed ? [large, answers[0]] : [large])),
            OutboxRow(id: 2, messages: OutboxCodec.encode(isMixed ? [answers[1]] : answers)),
        ]
        let durable = OneShot<Bool>()
        store.commit(commit) { result in
            if case .success = result { durable.set(true) } else { durable.set(false) }
        }
        #expect(await durable.value)
        store.close()

        let removed = Watched<Set<Int64>>([])
        let transport = InProcessTransport()
        let book = LogLines()
        let host = try TaskHubHost(
            HostConfiguration(hub: "old", partitionCount: 1),
            environment: HostEnvironment(
                transport: { _, _ in transport }, ownsTransport: false,
                store: { _, _, _ in RemovalWatchingStore(try open(), removed) },
                runner: { LocalOrchestratorRunner(functions: $0, logger: $1) }), logger: book.logger)
        let replies = try await transport.consumeReplies("reply.old")
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())
        var told: Set<String> = []
        for try await batch in replies.batches {
            told.formUnion(batch.compactMap(\.properties.correlationID))
            if told.count == 2 { break }
        }
        try await book.wait(for: "A message cannot be sent")
        let letters = try await transport.consume(names.deadQueue, prefetch: 10)
        for try await batch in letters.batches {
            let letter = try #require(batch.first)
            letters.acknowledge(batch.map(\.tag))
            #expect(letter.routingKey == "too-large")
            #expect(letter.body.count < 10_000)
            break
        }
        // A host that stops does not wait for confirms of a transport that ends with it.
        try await removed.wait(for: "the removal of both rows") { $0.isSuperset(of: [1, 2]) ? () : nil }
        running.cancel()
        _ = await running.result
        let after = try open()
        #expect(try after.outbox(after: 0, most: 10, bytes: 100 << 20).allSatisfy { $0.id > 2 })
        after.close()
        await transport.shutdown()
    }
}

/// Reports which rows of the outbox are removed for good.
private final class RemovalWatchingStore: ForwardingStore {
    let store: any PartitionStore
    private let removed: Watched<Set<Int64>>

    init(_ store: any PartitionStore, _ removed: Watched<Set<Int64>>) {
        self.store = store
        self.removed = removed
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        let rows = commit.removedOutbox
        store.commit(commit) { [removed] result in
            if case .success = result { removed.change { $0.formUnion(rows) } }
            completion(result)
        }
    }
}
