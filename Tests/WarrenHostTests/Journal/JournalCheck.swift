import AMQPMessages
import Foundation
import Logging
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// Compares the files of a partition's hosts with what its journal says.
struct JournalCheck {
    private let names: TaskHubName
    private let transport: any MessageTransport
    private let partition: Int
    private let count: Int
    private let hub: String
    private let logger: Logger
    /// What counts, in order, with the position behind each.
    private let steps: [(commits: [[UInt8]], position: JournalPosition)]

    /// Reads the whole journal.
    init(
        _ names: TaskHubName, partition: Int, of count: Int, on transport: any MessageTransport, logger: Logger
    ) async throws {
        self.names = names
        self.transport = transport
        self.partition = partition
        self.count = count
        self.logger = logger
        hub = names.text
        let journal = PartitionJournal(names, partition: partition, of: count, on: transport)
        let end = Array("end \(UInt64.random(in: 0 ... .max))".utf8)
        try await journal.append(foreign: end)
        var tail = try await journal.tail(from: .first)
        var fold = JournalFold()
        var steps: [(commits: [[UInt8]], position: JournalPosition)] = []
        reading: while let entries = try await tail.read() {
            for entry in entries {
                guard let record = entry.record else {
                    fold.skip(size: entry.size)
                    if case .foreign(end) = entry.content { break reading }
                    continue
                }
                let before = fold.position
                let verdict = fold.fold(record, offset: entry.offset, size: entry.size)
                guard let position = fold.position, position != before else { continue }
                if case .commits(let commits) = verdict {
                    steps.append((commits, position))
                } else {
                    steps.append(([], position))
                }
            }
        }
        await tail.subscription.close()
        self.steps = steps
    }

    /// Nothing waits for the partition. Markers may be left in the queue of its intake: an owner that was about to stop puts
    /// one in, and the next one would remove it.
    func expectNothingWaits() async throws {
        let queue = names.detourQueue(partition, of: count)
        var rest = try await transport.depth(of: queue)
        guard rest > 0 else { return }
        let subscription = try await transport.consume(queue, prefetch: 1000)
        for try await batch in subscription.batches {
            for message in batch { #expect(message.properties.type == DetourWire.markerType, "\(message)") }
            rest -= batch.count
            if rest <= 0 { break }
        }
        await subscription.close()
    }

    /// Every file has what counts up to its position, and nothing else; one of them has all of it, with no work left.
    func expectPrefixes(in folders: [String]) async throws {
        var furthest: JournalPosition?
        for folder in folders {
            guard try SQLitePartitionStore.exists(directory: folder, hub: hub, partition: partition) else { continue }
            let file = try SQLitePartitionStore.open(
                directory: folder, hub: hub, partition: partition, partitionCount: count, logger: logger,
                journal: .existing)
            defer { file.close() }
            let position = try #require(file.journalPosition, "partition \(partition) in \(folder)")
            let expected = try await store(at: position)
            defer { expected.close() }
            #expect(try Self.rows(file) == Self.rows(expected), "partition \(partition) in \(folder)")
            if position.offset > furthest?.offset ?? -1 { furthest = position }
        }
        let last = try #require(steps.last)
        // A host that is stopped while it claims leaves a claim that its file does not have; every step is in some file.
        let reached = try #require(furthest, "partition \(partition): no host has a file").offset
        let missing = steps.filter { $0.position.offset > reached && !$0.commits.isEmpty }
        #expect(missing.isEmpty, "partition \(partition): steps that no file has, behind \(reached)")
        let all = try await store(at: last.position)
        #expect(try all.counts().openInstances == 0, "partition \(partition)")
        #expect(try all.counts().outbox == 0, "partition \(partition)")
        all.close()
    }

    private func store(at position: JournalPosition) async throws -> any PartitionStore {
        let journal = JournalIdentity(id: position.journalID, secret: [1])
        let store = try InMemoryPartitionStore(
            hub: hub, partition: partition, partitionCount: count, journal: journal)
        #expect(steps.contains { $0.position == position }, "The file's position is none that counts.")
        for step in steps where step.position.offset <= position.offset {
            let commits = try step.commits.map { try PartitionCommitCodec.decode($0) }
            try await withCheckedThrowingContinuation { continuation in
                store.apply(commits, at: step.position) { continuation.resume(with: $0) }
            }
        }
        return store
    }

    /// Everything that matters, in words.
    private static func rows(_ store: any PartitionStore) throws -> [String] {
        var rows: [String] = []
        var query = InstanceQuery(limit: 500)
        repeat {
            let page = try store.list(query)
            for record in page.instances {
                let history = try store.history(of: record.key, generation: record.generation)
                let output = record.output.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
                let size = history.reduce(0) { $0 + $1.count }
                let state = "\(record.status) \(record.generation) \(record.episodes)"
                rows.append("\(record.key) \(record.instanceID) \(state) \(output) \(history.count) \(size)")
            }
            query.after = page.next
        } while query.after != nil
        let recovered = try store.recover()
        rows.append("\(recovered.timers.count) \(recovered.leases.count) \(recovered.held.count)")
        rows.append("\(recovered.lastInstanceKey) \(recovered.lastOutboxID) \(recovered.lastHeldID)")
        rows += try store.outbox(after: 0, most: 1000, bytes: 1 << 24).map { "\($0.id) \($0.messages.count)" }
        return rows
    }
}
