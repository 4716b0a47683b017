import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

/// Commits of a journal's record are applied together and with the position behind it.
@Suite(.timeLimit(.minutes(5)))
struct JournalPositionTests {
    @Test func `several records that wait are one transaction, and large ones begin the next`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, journal: .create(.sample))
        let before = try #require(store.lastCommit?.number)
        try await untilKnown("the last record") { tell in
            // The first one keeps the writer busy, so that the others gather.
            store.apply([.sending(1)], at: .sample(1)) { _ in
                for record in 0..<4 as Range<Int64> {
                    let commits = (0..<200).map { PartitionCommit.sending(2 + record * 200 + $0) }
                    store.apply(commits, at: .sample(UInt64(record) + 2)) { _ in if record == 3 { tell(()) } }
                }
            }
        }
        // 1, then two times two records: three have more commits than a group may have.
        #expect(store.lastCommit?.number == before + 3)
        store.close()
        let again = try openStore(in: directory.path, journal: .existing)
        #expect(again.journalPosition == .sample(5))
        #expect(try again.outbox.count == 801)
        again.close()
    }

    @Test func `after kill -9 the position is that of the last record whose commits are there`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.path as String] in
            let store = try openStore(in: path, journal: .create(.sample))
            for record in 1...3_000 as ClosedRange<Int64> {
                store.apply([.sending(2 * record), .sending(2 * record + 1)], at: .sample(UInt64(record))) { result in
                    guard case .success = result else { exit(1) }
                    if record == 300 { kill(getpid(), SIGKILL) }
                }
            }
            while true { pause() }
        }
        let store = try openStore(in: directory.path, journal: .existing)
        let position = try #require(store.journalPosition)
        #expect(position.next >= 300 && position == .sample(position.next))
        #expect(try store.outbox.map(\.id) == Array(2...2 * Int64(position.next) + 1))
        store.close()
    }

    @Test(arguments: [
        "journal_id = x'01'", "journal_id = NULL", "journal_id = zeroblob(16)", "journal_epoch = -1",
        "journal_epoch = NULL", "journal_claim = NULL", "journal_released = 2", "journal_next = -5",
        "journal_offset = -1", "journal_offset = 4611686018427387904", "journal_at = NULL", "journal_bytes = -1",
        "journal_saved_bytes = journal_bytes + 1", "journal_saved_bytes = -1",
    ])
    func `a position that makes no sense is damage, said by name`(change: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, journal: .create(.sample))
        try await store.outcome(of: [.sending(1)], at: .sample(2)).get()
        store.close()
        SQLiteOpeningTests.execute(
            "UPDATE header SET \(change)", on: "\(directory.path)/test.partition.00.sqlite")
        let error = #expect(throws: StorageError.self) { try openStore(in: directory.path, journal: .existing) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("position in its journal") == true)
    }
}
