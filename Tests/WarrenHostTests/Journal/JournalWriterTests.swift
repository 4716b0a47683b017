import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

@Suite("Journal: what a host appends, and what comes back")
struct JournalWriterTests {
    /// A stream and what its readers make of it.
    private struct Bench {
        var stream: [JournalRecord] = []
        var done: [String] = []
        static let genesis = JournalRecord(
            journalID: 7, epoch: 0, claim: 0, seq: 0, at: Timestamp(microseconds: 1),
            content: .genesis(JournalGenesis(partition: 0, partitionCount: 1, schema: 1, secret: [1])))

        func entry(_ offset: Int, _ record: JournalRecord) -> JournalEntry {
            JournalEntry(offset: Int64(offset), size: 100, content: .record(record))
        }
    }

    private static let now = Timestamp(microseconds: 1000)

    private static func commit(_ number: Int64) -> PartitionCommit {
        var commit = PartitionCommit()
        commit.removedOutbox = [number]
        return commit
    }

    /// Notes what completes, in order.
    private final class Ends: Sendable {
        private let lines = Watched<[String]>([])
        var all: [String] { lines.value }
        func entry(_ name: String, _ commit: PartitionCommit) -> JournalWriter.Entry {
            JournalWriter.Entry(commit: commit) { [lines] result in
                let end =
                    switch result {
                    case .success: name
                    case .failure(let error): "\(name) \(error.code)"
                    }
                lines.change { $0.append(end) }
            }
        }
    }

    /// A writer that owns the partition under claim 11; the stream has genesis and claim.
    private static func owner(mostUnsaved: Int64 = 1_000_000) -> JournalWriter {
        var writer = JournalWriter(at: nil, mostUnsavedBytes: mostUnsaved)
        _ = writer.receive(JournalEntry(offset: 0, size: 100, content: .record(Bench.genesis)))
        let claim = writer.claim(11, JournalClaim(host: "a", version: "1"), at: now)
        guard let claim else { return writer }
        _ = writer.receive(JournalEntry(offset: 1, size: 100, content: .record(claim)))
        return writer
    }

    private static func finish(_ application: JournalWriter.Application?) {
        for entry in application?.entries ?? [] { entry.completion(.success(())) }
    }

    @Test("Commits are safe when their records come back, in order, and not before")
    func readBack() throws {
        let ends = Ends()
        var writer = Self.owner()
        #expect(writer.isOwning)
        writer.add(ends.entry("one", Self.commit(1)))
        let first = try writer.takeRecords(at: Self.now).records
        writer.add(ends.entry("two", Self.commit(2)))
        writer.add(ends.entry("nothing", PartitionCommit()))
        let second = try writer.takeRecords(at: Self.now).records
        #expect(first.map(\.seq) + second.map(\.seq) == [0, 1])
        #expect(ends.all == [])
        for (index, record) in (first + second).enumerated() {
            let entry = JournalEntry(offset: Int64(2 + index), size: 50, content: .record(record))
            let (application, turn) = writer.receive(entry)
            #expect(turn == nil)
            #expect(application?.position.next == UInt64(index + 1))
            Self.finish(application)
        }
        #expect(ends.all == ["one", "two", "nothing"])
        #expect(!writer.isAwaiting)
    }

    @Test("An empty commit with nothing before it needs no record")
    func emptyCommit() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("nothing", PartitionCommit()))
        let (records, done) = try writer.takeRecords(at: Self.now)
        #expect(records.isEmpty)
        #expect(done.count == 1)
    }

    @Test("What waits while enough is on its way goes into one record")
    func grouping() throws {
        let ends = Ends()
        var writer = Self.owner()
        var records: [JournalRecord] = []
        for number in 0..<20 {
            writer.add(ends.entry("\(number)", Self.commit(Int64(number))))
            records += try writer.takeRecords(at: Self.now).records
        }
        #expect(records.count == JournalWriter.mostSent)
        let (application, _) = writer.receive(JournalEntry(offset: 2, size: 50, content: .record(records[0])))
        Self.finish(application)
        let next = try writer.takeRecords(at: Self.now).records
        #expect(next.count == 1)
        #expect(next.first?.content.completedCommits == 12)
    }

    @Test("A commit of several records is safe with its last part")
    func largeCommit() throws {
        let ends = Ends()
        var writer = Self.owner(mostUnsaved: 64 << 20)
        var large = PartitionCommit()
        large.outbox = [OutboxRow(id: 1, messages: [UInt8](repeating: 7, count: 5 << 20))]
        writer.add(ends.entry("small", Self.commit(1)))
        writer.add(ends.entry("large", large))
        writer.add(ends.entry("after", Self.commit(2)))
        let records = try writer.takeRecords(at: Self.now).records
        #expect(records.count == 8)
        var applied: [Int] = []
        for (index, record) in records.enumerated() {
            let entry = JournalEntry(offset: Int64(2 + index), size: 50, content: .record(record))
            let (application, turn) = writer.receive(entry)
            #expect(turn == nil)
            if let application, case .own(let commits) = application.commits { applied.append(commits.count) }
            Self.finish(application)
        }
        #expect(applied == [1, 1, 1])
        #expect(ends.all == ["small", "large", "after"])
    }

    @Test("What is on its way counts towards the room of the journal; what has none waits until that is safe")
    func wayIntoFullJournal() throws {
        let ends = Ends()
        var writer = Self.owner()
        var large = PartitionCommit()
        large.outbox = [OutboxRow(id: 1, messages: [UInt8](repeating: 7, count: 1 << 20))]
        writer.add(ends.entry("large", large))
        let records = try writer.takeRecords(at: Self.now).records
        #expect(writer.isFull)
        writer.add(ends.entry("after", Self.commit(2)))
        #expect(try writer.takeRecords(at: Self.now).records.isEmpty)
        for (index, record) in records.enumerated() {
            let entry = JournalEntry(offset: Int64(2 + index), size: 50, content: .record(record))
            Self.finish(writer.receive(entry).application)
        }
        // What the broker keeps of it is what counts from here on: 50 bytes a record in this test.
        #expect(ends.all == ["large"])
        #expect(try writer.takeRecords(at: Self.now).records.count == 1)
    }

    @Test("A commit that is too large for a journal fails with everything that waited, nothing of which is forgotten")
    func tooLarge() throws {
        let ends = Ends()
        var writer = Self.owner()
        var huge = PartitionCommit()
        huge.outbox = [OutboxRow(id: 1, messages: [UInt8](repeating: 7, count: JournalCodec.maximumCommitBytes))]
        writer.add(ends.entry("nothing", PartitionCommit()))
        writer.add(ends.entry("huge", huge))
        let error = #expect(throws: StorageError.self) { try writer.takeRecords(at: Self.now) }
        #expect(error?.code == .full)
        for entry in writer.end(try #require(error)) { entry.completion(.failure(StorageError(.full, ""))) }
        #expect(ends.all == ["nothing full", "huge full"])
    }

    private static func renewal(_ number: UInt64, _ writer: inout JournalWriter) -> JournalRecord? {
        writer.renew(number, JournalClaim(host: "a", version: "1"), at: now)
    }

    @Test("Behind a lost record nothing counts; under a renewed claim everything is appended again, in order")
    func gap() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("one", Self.commit(1)))
        _ = try writer.takeRecords(at: Self.now)
        writer.add(ends.entry("two", Self.commit(2)))
        let second = try #require(try writer.takeRecords(at: Self.now).records.first)
        let (application, turn) = writer.receive(JournalEntry(offset: 2, size: 50, content: .record(second)))
        #expect(application == nil)
        guard case .isDoubtful(let error) = turn else {
            Issue.record("There is no doubt.")
            return
        }
        #expect(error.code == .unconfirmed)
        let claim = try #require(Self.renewal(12, &writer))
        #expect(claim.epoch == 2 && writer.isRenewing && !writer.isOwning && writer.isAwaiting)
        writer.add(ends.entry("three", Self.commit(3)))
        #expect(try writer.takeRecords(at: Self.now).records.isEmpty, "the claim does not count yet")
        guard case .owns = writer.receive(JournalEntry(offset: 3, size: 50, content: .record(claim))).turn else {
            Issue.record("The claim does not count.")
            return
        }
        #expect(ends.all == [])
        let again = try writer.takeRecords(at: Self.now).records
        #expect(again.map(\.claim) == [12] && again.map(\.seq) == [0] && again.map(\.epoch) == [2])
        let record = try #require(again.first)
        let (counted, _) = writer.receive(JournalEntry(offset: 4, size: 50, content: .record(record)))
        guard case .own(let commits) = counted?.commits else {
            Issue.record("Nothing is applied.")
            return
        }
        #expect(commits.map(\.removedOutbox) == [[1], [2], [3]])
        Self.finish(counted)
        #expect(ends.all == ["one", "two", "three"])
    }

    @Test("What is read before the renewed claim counts, and is not appended again")
    func prefix() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("one", Self.commit(1)))
        let first = try #require(try writer.takeRecords(at: Self.now).records.first)
        writer.add(ends.entry("two", Self.commit(2)))
        let second = try #require(try writer.takeRecords(at: Self.now).records.first)
        let early = try #require(Self.renewal(12, &writer))
        let claim = try #require(Self.renewal(13, &writer))
        Self.finish(writer.receive(JournalEntry(offset: 2, size: 50, content: .record(first))).application)
        #expect(ends.all == ["one"] && writer.isRenewing)
        guard case .owns = writer.receive(JournalEntry(offset: 3, size: 50, content: .record(claim))).turn else {
            Issue.record("The claim does not count.")
            return
        }
        // An earlier attempt and an earlier record arrive late: nothing of them counts.
        for late in [early, second] {
            let (application, turn) = writer.receive(JournalEntry(offset: 4, size: 50, content: .record(late)))
            #expect(application == nil && turn == nil)
        }
        let again = try writer.takeRecords(at: Self.now).records
        #expect(again.count == 1)
        Self.finish(writer.receive(JournalEntry(offset: 6, size: 50, content: .record(again[0]))).application)
        #expect(ends.all == ["one", "two"])
    }

    @Test("Another host's claim before the renewed one ends the ownership, and what counts for nobody is known")
    func forestalled() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("one", Self.commit(1)))
        _ = try writer.takeRecords(at: Self.now)
        let claim = try #require(Self.renewal(12, &writer))
        let other = JournalRecord(
            journalID: 7, epoch: 2, claim: 99, seq: 0, at: Self.now,
            content: .claim(JournalClaim(host: "b", version: "1")))
        guard case .ends(let error) = writer.receive(JournalEntry(offset: 2, size: 9, content: .record(other))).turn
        else {
            Issue.record("The ownership did not end.")
            return
        }
        #expect(error.code == .overtaken)
        for entry in writer.end(error) { entry.completion(.failure(error)) }
        #expect(ends.all == ["one overtaken"])
        #expect(writer.receive(JournalEntry(offset: 3, size: 9, content: .record(claim))).application == nil)
        #expect(Self.renewal(13, &writer) == nil)
    }

    @Test("A snapshot's record is appended again too; a host that does not own renews nothing")
    func renewedSnapshot() throws {
        let ends = Ends()
        var follower = JournalWriter(at: nil, mostUnsavedBytes: 1_000_000)
        #expect(Self.renewal(12, &follower) == nil)
        var writer = Self.owner()
        let snapshot = JournalSnapshot(
            stream: "s", bytes: 1, sha256: [UInt8](repeating: 0, count: 32),
            position: try #require(writer.position))
        writer.add(.snapshot(snapshot), ends.entry("snapshot", PartitionCommit()))
        _ = try writer.takeRecords(at: Self.now)
        writer.add(ends.entry("empty", PartitionCommit()))
        _ = try writer.takeRecords(at: Self.now)
        let claim = try #require(Self.renewal(12, &writer))
        _ = writer.receive(JournalEntry(offset: 3, size: 50, content: .record(claim)))
        let (records, done) = try writer.takeRecords(at: Self.now)
        #expect(records.map(\.content) == [.snapshot(snapshot)] && done.isEmpty)
        Self.finish(writer.receive(JournalEntry(offset: 4, size: 50, content: .record(records[0]))).application)
        #expect(ends.all == ["snapshot", "empty"])
    }

    @Test(
        "A claim is renewed a limited number of times without a commit that counts, each with a limited number of tries"
    )
    func renewals() throws {
        var writer = Self.owner()
        for number in 0..<UInt64(JournalWriter.mostAttempts) {
            #expect(Self.renewal(100 + number, &writer) != nil)
        }
        #expect(Self.renewal(1000, &writer) == nil)
        writer = Self.owner()
        for number in 0..<UInt64(JournalWriter.mostRenewals) {
            let claim = try #require(Self.renewal(100 + number, &writer))
            _ = writer.receive(JournalEntry(offset: 2 + Int64(number), size: 9, content: .record(claim)))
        }
        #expect(Self.renewal(1000, &writer) == nil)
        writer.add(Ends().entry("one", Self.commit(1)))
        let record = try #require(try writer.takeRecords(at: Self.now).records.first)
        _ = writer.receive(JournalEntry(offset: 50, size: 9, content: .record(record)))
        #expect(Self.renewal(1001, &writer) != nil)
    }

    @Test("A repeated record changes nothing")
    func repetition() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("one", Self.commit(1)))
        let record = try #require(try writer.takeRecords(at: Self.now).records.first)
        Self.finish(writer.receive(JournalEntry(offset: 2, size: 50, content: .record(record))).application)
        let (application, turn) = writer.receive(JournalEntry(offset: 3, size: 50, content: .record(record)))
        #expect(application == nil && turn == nil)
        #expect(ends.all == ["one"])
    }

    @Test("A claim of another host ends this one's, and what it appended later counts for nobody")
    func overtaken() throws {
        let ends = Ends()
        var writer = Self.owner()
        writer.add(ends.entry("one", Self.commit(1)))
        let record = try #require(try writer.takeRecords(at: Self.now).records.first)
        let claim = JournalRecord(
            journalID: 7, epoch: 2, claim: 99, seq: 0, at: Self.now,
            content: .claim(JournalClaim(host: "b", version: "1")))
        let (application, turn) = writer.receive(JournalEntry(offset: 2, size: 50, content: .record(claim)))
        #expect(application?.position.epoch == 2)
        guard case .ends(let error) = turn else {
            Issue.record("The claim did not end.")
            return
        }
        #expect(error.code == .overtaken)
        #expect(error.message.contains("'b'"))
        let (late, _) = writer.receive(JournalEntry(offset: 3, size: 50, content: .record(record)))
        #expect(late == nil)
    }

    @Test("A claim that another one forestalled is late; any attempt's number may count")
    func claims() throws {
        var writer = JournalWriter(at: nil, mostUnsavedBytes: 1_000_000)
        #expect(writer.claim(1, JournalClaim(host: "a", version: "1"), at: Self.now) == nil)
        _ = writer.receive(JournalEntry(offset: 0, size: 100, content: .record(Bench.genesis)))
        let made1 = writer.claim(11, JournalClaim(host: "a", version: "1"), at: Self.now)
        let first = try #require(made1)
        let other = JournalRecord(
            journalID: 7, epoch: 1, claim: 99, seq: 0, at: Self.now,
            content: .claim(JournalClaim(host: "b", version: "1")))
        guard case .isLate = writer.receive(JournalEntry(offset: 1, size: 9, content: .record(other))).turn else {
            Issue.record("The claim is not late.")
            return
        }
        guard case .isLate = writer.receive(JournalEntry(offset: 2, size: 9, content: .record(first))).turn else {
            Issue.record("The claim is not late.")
            return
        }
        let made2 = writer.claim(12, JournalClaim(host: "a", version: "1"), at: Self.now)
        let second = try #require(made2)
        let made3 = writer.claim(13, JournalClaim(host: "a", version: "1"), at: Self.now)
        _ = try #require(made3)
        #expect(second.epoch == 2)
        guard case .owns = writer.receive(JournalEntry(offset: 3, size: 9, content: .record(second))).turn else {
            Issue.record("The claim does not count.")
            return
        }
        #expect(writer.position?.claim == 12)
    }

    @Test("Commits wait while too much is unsaved, and go on when a snapshot counts")
    func fullJournal() throws {
        let ends = Ends()
        var writer = JournalWriter(at: nil, mostUnsavedBytes: 250)
        _ = writer.receive(JournalEntry(offset: 0, size: 100, content: .record(Bench.genesis)))
        let made4 = writer.claim(11, JournalClaim(host: "a", version: "1"), at: Self.now)
        let claim = try #require(made4)
        _ = writer.receive(JournalEntry(offset: 1, size: 100, content: .record(claim)))
        let contained = try #require(writer.position)
        writer.add(ends.entry("one", Self.commit(1)))
        let record = try #require(try writer.takeRecords(at: Self.now).records.first)
        Self.finish(writer.receive(JournalEntry(offset: 2, size: 100, content: .record(record))).application)
        writer.add(ends.entry("two", Self.commit(2)))
        #expect(try writer.takeRecords(at: Self.now).records.isEmpty)
        let snapshot = JournalSnapshot(
            stream: "s", bytes: 1, sha256: [UInt8](repeating: 0, count: 32), position: contained)
        writer.add(.snapshot(snapshot), ends.entry("snapshot", PartitionCommit()))
        let saved = try #require(try writer.takeRecords(at: Self.now).records.first)
        Self.finish(writer.receive(JournalEntry(offset: 3, size: 20, content: .record(saved))).application)
        #expect(ends.all == ["one", "snapshot"])
        #expect(try writer.takeRecords(at: Self.now).records.count == 1)
    }
}
