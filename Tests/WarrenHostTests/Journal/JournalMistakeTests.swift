import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

@Suite("Journal: what an operator can do wrong is refused in words, and loses nothing", .timeLimit(.minutes(1)))
struct JournalMistakeTests {
    /// Expects that opening is refused, and that the file of the host holds what it held.
    ///
    /// - Parameter isSilent: whether the broker has no record at the file's place, and just waits.
    private func expectRefusal(
        _ bench: JournalBench, _ host: String, _ code: StorageError.Code, _ parts: [String], isSilent: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try held(bench, host)
        let opening = Task { try await bench.open(host).close() }
        if isSilent {
            while bench.clock.next == nil { await Task.yield() }
            let patience = try #require(bench.clock.next)
            _ = bench.clock.move(to: patience)
        }
        var refusal: StorageError?
        do {
            try await opening.value
        } catch let error as StorageError {
            refusal = error
        }
        let error = try #require(refusal, "It was not refused.", sourceLocation: sourceLocation)
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        for part in parts { #expect("\(error)".contains(part), "\(error)", sourceLocation: sourceLocation) }
        #expect(try held(bench, host) == before, sourceLocation: sourceLocation)
    }

    /// What the file of a host holds; `nil` if there is none, or one of a hub without a journal.
    private func held(_ bench: JournalBench, _ host: String) throws -> [Int64]? {
        let directory = "\(bench.folder)/\(host)"
        guard host != "local",
            try SQLitePartitionStore.exists(directory: directory, hub: JournalBench.hub, partition: 0)
        else { return nil }
        let store = try SQLitePartitionStore.open(
            directory: directory, hub: JournalBench.hub, partition: 0, partitionCount: 1, logger: bench.log.logger,
            journal: .existing)
        defer { store.close() }
        return try store.outboxIDs + [store.journalPosition?.offset ?? -1]
    }

    /// Makes the stream anew, with a size of its own.
    private func remakeStream(_ bench: JournalBench, bytes: Int = 64 << 20) async throws {
        try await bench.transport.deleteQueue(bench.stream)
        try await bench.transport.provision(
            Topology(queues: [
                .init(
                    name: bench.stream,
                    arguments: ["x-queue-type": "stream", "x-max-length-bytes": .int64(Int64(bytes))])
            ]))
    }

    @Test("A data directory of a hub without a journal is refused, and stays what it is")
    func localFile() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own("a")
            try await owner.commit(JournalBench.commit(1...1))
            owner.close()
            func openLocally() throws -> SQLitePartitionStore {
                try SQLitePartitionStore.open(
                    directory: "\(bench.folder)/local", hub: JournalBench.hub, partition: 0, partitionCount: 1,
                    logger: bench.log.logger)
            }
            let local = try openLocally()
            try await local.commit(JournalBench.commit(7...7))
            local.close()
            try await expectRefusal(
                bench, "local", .foreignFile, ["without a journal", "Use another data directory", "`local`"])
            let again = try openLocally()
            #expect(try again.outboxIDs == [7])
            again.close()
            // The other way round: a host without a journal does not take the file of one.
            #expect {
                _ = try SQLitePartitionStore.open(
                    directory: "\(bench.folder)/a", hub: JournalBench.hub, partition: 0, partitionCount: 1,
                    logger: bench.log.logger)
            } throws: { error in
                (error as? StorageError)?.code == .foreignFile && "\(error)".contains("Configure durability `journal`")
            }
        }
    }

    @Test("A data directory of another hub's journal is refused, however long the journals are")
    func otherJournal() async throws {
        try await JournalBench.run { other in
            let owner = try await other.own("a")
            for id in 1...5 { try await owner.commit(JournalBench.commit(Int64(id)...Int64(id))) }
            owner.close()
            try await JournalBench.run { bench in
                let own = try await bench.own("b")
                try await own.commit(JournalBench.commit(1...1))
                own.close()
                try FileManager.default.copyItem(atPath: "\(other.folder)/a", toPath: "\(bench.folder)/a")
                // The hub's journal is the shorter one.
                try await expectRefusal(
                    bench, "a", .journal, ["ends at", "Nothing was changed", "Keep the file"], isSilent: true)
                // It is the longer one.
                let longer = try await bench.own("b")
                for id in 2...9 { try await longer.commit(JournalBench.commit(Int64(id)...Int64(id))) }
                longer.close()
                try await expectRefusal(
                    bench, "a", .journal, ["another journal", "Start with the data directory of this hub"])
                let right = try await bench.own("b")
                #expect(try right.outboxIDs == Array(1...9))
                right.close()
            }
            let right = try await other.own("a")
            #expect(try right.outboxIDs == Array(1...5))
            right.close()
        }
    }

    @Test("A journal that was deleted and made anew is refused by the file, which has what the journal lacks")
    func remadeJournal() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            let owner = try await bench.own()
            try await owner.commit(JournalBench.commit(1...3))
            bench.recorded = owner.identity.storeID
            owner.close()
            try await remakeStream(bench)
            try await expectRefusal(bench, "a", .journal, ["made anew", "Keep the file"], isSilent: true)
            // A host without the file does not begin another journal in its place.
            try await expectRefusal(bench, "b", .journal, ["was deleted and made anew", "warren hub reseed"])
        }
    }

    @Test("A journal that was cut behind a file goes on from the newest snapshot")
    func cutWithSnapshot() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            // The broker keeps half of what hosts expect, as with a policy.
            try await remakeStream(bench, bytes: 4 << 20)
            let behind = try await bench.own("behind")
            try await behind.commit(JournalBench.commit(1...1))
            behind.close()

            let owner = try await bench.own("a")
            try await write(2...200, to: owner)
            // More than one, without a pause between them: else commits would have to wait.
            try await bench.log.wait(for: "A snapshot of a partition was made", count: 3)
            owner.close()

            let next = try await bench.own("behind")
            #expect(try next.outboxIDs == [200])
            #expect(bench.log.count(of: "The journal was cut behind a partition's file") == 1)
            next.close()
        }
    }

    /// Writes 100 KiB at a time, of which the last stay.
    private func write(_ numbers: ClosedRange<Int64>, to owner: JournaledStore) async throws {
        for id in numbers {
            var commit = PartitionCommit()
            commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
            commit.removedOutbox = [id - 1]
            try await owner.commit(commit)
        }
    }

    @Test("A journal that is cut behind a snapshot while a host makes its file from it is read again")
    func cutWhileRead() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            try await remakeStream(bench, bytes: 4 << 20)
            let owner = try await bench.own("a")
            try await write(1...40, to: owner)
            try await bench.log.wait(for: "A snapshot of a partition was made", count: 1)

            let paused = PausedFiles()
            bench.changedFiles = { paused.around($0) }
            let late = Task { [bench] in try await bench.open("late") }
            await paused.waitForCopy()
            try await write(41...240, to: owner)
            try await bench.log.wait(for: "A snapshot of a partition was made", count: 4)
            paused.goOn()

            let follower = try await late.value
            #expect(bench.log.count(of: "The journal was cut while it was read; it is read again") == 1)
            owner.close()
            try await follower.begin()
            #expect(try follower.outboxIDs == [240])
            follower.close()
        }
    }

    @Test("A journal that was cut before the first snapshot is refused, except by the file that is ahead of the cut")
    func cutWithoutSnapshot() async throws {
        try await JournalBench.run { bench in
            try await remakeStream(bench, bytes: 300 << 10)
            let behind = try await bench.own("behind")
            try await behind.commit(JournalBench.commit(1...1))
            behind.close()
            let owner = try await bench.own("a")
            for id in Int64(2)...9 {
                var commit = PartitionCommit()
                commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
                try await owner.commit(commit)
            }
            owner.close()
            let parts = ["was cut", "no snapshot", "newest file of partition 0", "'max-length-bytes'"]
            try await expectRefusal(bench, "behind", .journal, parts)
            try await expectRefusal(bench, "empty", .journal, parts)
            let ahead = try await bench.own("a")
            #expect(try ahead.outboxIDs == Array(1...9))
            ahead.close()
        }
    }
}
