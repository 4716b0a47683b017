import Testing
import Warren

@testable import WarrenMessaging

@Suite(.timeLimit(.minutes(5))) struct JournalFoldTests {
    @Test func `the fold decides like the rules written a second time`() {
        var any = AnyRecord(seed: 1)
        var reasons: [JournalVerdict.Reason: Int] = [:]
        var counted = 0
        for number in 0..<2000 {
            let log = any.log(24)
            let difference = differs(log, NaiveFold()) { verdict in
                if case .ignored(let reason) = verdict { reasons[reason, default: 0] += 1 } else { counted += 1 }
            }
            #expect(difference == nil, "log \(number)")
        }
        // Records of every kind of mistake were among them, apart from a commit of 64 MiB.
        #expect(reasons.count == 9, "\(reasons)")
        #expect(counted > 15_000)
    }

    @Test(arguments: NaiveFold.Bug.allCases)
    func `a fold with a planted mistake is found out`(bug: NaiveFold.Bug) {
        var any = AnyRecord(seed: 2)
        let found = (0..<1000).first { _ in differs(any.log(24), NaiveFold(bug: bug)) != nil }
        #expect(found != nil)
    }

    @Test func `a fold that begins at a position goes on as the one that was there`() throws {
        var any = AnyRecord(seed: 3)
        for _ in 0..<300 {
            let log = any.log(24)
            var whole = JournalFold()
            var resumed: JournalFold?
            for (offset, record) in log.enumerated() {
                let verdict = whole.fold(record, offset: Int64(offset), size: AnyRecord.size(offset))
                if let position = whole.position, position.offset == Int64(offset) + 1, resumed == nil, offset > 10 {
                    resumed = JournalFold(at: position)
                } else if var other = resumed {
                    #expect(other.fold(record, offset: Int64(offset), size: AnyRecord.size(offset)) == verdict)
                    #expect(other == whole)
                    resumed = other
                }
            }
        }
    }

    @Test func `a position knows the record before it, and no other`() {
        var any = AnyRecord(seed: 4)
        var checked = 0
        for _ in 0..<300 {
            let log = any.log(20)
            var fold = JournalFold()
            for (offset, record) in log.enumerated() {
                let before = fold.position
                _ = fold.fold(record, offset: Int64(offset), size: AnyRecord.size(offset))
                guard let position = fold.position, position != before else { continue }
                checked += 1
                #expect(position.follows(record, at: Int64(offset)))
                #expect(!position.follows(record, at: Int64(offset) + 1))
                var other = record
                other.journalID += 1
                #expect(!position.follows(other, at: Int64(offset)))
                if record.isGenesis { continue }
                other = record
                other.claim += 1
                #expect(!position.follows(other, at: Int64(offset)))
                if record.isClaim { continue }
                other = record
                other.seq += 1
                #expect(!position.follows(other, at: Int64(offset)))
            }
        }
        #expect(checked > 1500)
    }

    @Test func `numbers at the end of their range neither trap nor begin again`() {
        let position = JournalPosition(
            journalID: 1, epoch: .max, claim: 5, isReleased: false, next: .max, offset: .max,
            at: Timestamp(microseconds: .max), bytes: .max, savedBytes: .min)
        #expect(position.unsavedBytes == .max)
        var fold = JournalFold(at: position)
        func record(_ epoch: UInt64, _ seq: UInt64, _ content: JournalContent) -> JournalRecord {
            JournalRecord(
                journalID: 1, epoch: epoch, claim: 5, seq: seq, at: Timestamp(microseconds: 0), content: content)
        }
        let claim = JournalContent.claim(JournalClaim(host: "a", version: "1"))
        #expect(fold.fold(record(0, 0, claim), offset: .max, size: 100) == .ignored(.lateClaim))
        #expect(fold.fold(record(.max, .max, .commits([])), offset: .max, size: 100) == .ignored(.gap))
        #expect(fold.fold(record(.max, 0, .commits([])), offset: .max, size: 100) == .ignored(.repeated))
        #expect(fold.position == position)
        #expect(!position.follows(record(.max, .max - 1, .commits([])), at: .max))
    }

    @Test func `a commit beyond the limit of its parts counts for nobody until the next claim`() {
        var fold = JournalFold()
        func record(_ epoch: UInt64, _ seq: UInt64, _ content: JournalContent) -> JournalRecord {
            JournalRecord(
                journalID: 1, epoch: epoch, claim: epoch, seq: seq, at: Timestamp(microseconds: 0), content: content)
        }
        let genesis = JournalGenesis(partition: 0, partitionCount: 1, schema: 1, secret: [])
        let claim = JournalClaim(host: "a", version: "1")
        #expect(fold.fold(record(0, 0, .genesis(genesis)), offset: 0, size: 100) == .begins(genesis))
        #expect(fold.fold(record(1, 0, .claim(claim)), offset: 1, size: 100) == .claimed(claim))
        let half = Array(repeating: 1 as UInt8, count: JournalCodec.maximumCommitBytes / 2)
        #expect(fold.fold(record(1, 0, .part(JournalPart(.first, half))), offset: 2, size: 100) == .part)
        #expect(fold.fold(record(1, 1, .part(JournalPart(.middle, half))), offset: 3, size: 100) == .part)
        #expect(fold.expected == 2 && fold.position?.next == 0 && fold.position?.offset == 2)
        #expect(fold.fold(record(1, 2, .part(JournalPart(.last, [1]))), offset: 4, size: 100) == .ignored(.tooLarge))
        #expect(fold.fold(record(2, 0, .claim(claim)), offset: 5, size: 100) == .claimed(claim))
        #expect(fold.fold(record(2, 0, .commits([[1]])), offset: 6, size: 100) == .commits([[1]]))
    }

    @Test func `bytes that a newest snapshot does not contain are those behind its position`() {
        var fold = JournalFold()
        func record(_ epoch: UInt64, _ seq: UInt64, _ content: JournalContent) -> JournalRecord {
            JournalRecord(
                journalID: 1, epoch: epoch, claim: epoch, seq: seq, at: Timestamp(microseconds: 0), content: content)
        }
        func snapshot(_ bytes: Int64) -> JournalContent {
            let position = JournalPosition(
                journalID: 1, epoch: 1, claim: 1, isReleased: false, next: 0, offset: 0, at: Timestamp(microseconds: 0),
                bytes: bytes)
            return .snapshot(JournalSnapshot(stream: "s", bytes: 1, sha256: [], position: position))
        }
        fold.skip(size: 5)
        let genesis = JournalGenesis(partition: 0, partitionCount: 1, schema: 1, secret: [])
        _ = fold.fold(record(0, 0, .genesis(genesis)), offset: 1, size: 100)
        _ = fold.fold(record(1, 0, .claim(JournalClaim(host: "a", version: "1"))), offset: 2, size: 10)
        #expect(fold.position?.bytes == 115 && fold.position?.unsavedBytes == 115)
        // Neither a foreign entry nor a repetition counts, and both have a size.
        fold.skip(size: 1000)
        _ = fold.fold(record(0, 0, .genesis(genesis)), offset: 4, size: 100)
        #expect(fold.position?.bytes == 115)
        _ = fold.fold(record(1, 0, .commits([[1]])), offset: 5, size: 20)
        #expect(fold.position?.bytes == 1235)
        _ = fold.fold(record(1, 1, snapshot(115)), offset: 6, size: 5)
        #expect(fold.position?.savedBytes == 115 && fold.position?.unsavedBytes == 1125)
        // An older snapshot does not take that back, and one that is beyond the end contains what there is.
        _ = fold.fold(record(1, 2, snapshot(5)), offset: 7, size: 5)
        #expect(fold.position?.savedBytes == 115)
        _ = fold.fold(record(1, 3, snapshot(.max)), offset: 8, size: 5)
        #expect(fold.position?.savedBytes == 1250 && fold.position?.unsavedBytes == 0)
    }

    /// The offset at which the fold decides otherwise than the other one, if any.
    private func differs(
        _ log: [JournalRecord], _ other: NaiveFold, _ see: (JournalVerdict) -> Void = { _ in }
    ) -> Int? {
        var (fold, other) = (JournalFold(), other)
        var commits: [[UInt8]] = []
        for (offset, record) in log.enumerated() {
            let verdict = fold.fold(record, offset: Int64(offset), size: AnyRecord.size(offset))
            see(verdict)
            if case .commits(let more) = verdict { commits += more }
            var counts = true
            if case .ignored = verdict { counts = false }
            if other.take(record, offset: Int64(offset), size: AnyRecord.size(offset)) != counts
                || other.position != fold.position
                || other.commits != commits
            {
                return offset
            }
        }
        return nil
    }
}
