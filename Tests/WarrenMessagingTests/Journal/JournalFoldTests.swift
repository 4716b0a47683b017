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
                let verdict = whole.fold(record, offset: Int64(offset))
                if let position = whole.position, position.next == whole.expected, resumed == nil, offset > 10 {
                    resumed = JournalFold(at: position)
                } else if var other = resumed {
                    #expect(other.fold(record, offset: Int64(offset)) == verdict)
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
                _ = fold.fold(record, offset: Int64(offset))
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
            at: Timestamp(microseconds: .max))
        var fold = JournalFold(at: position)
        func record(_ epoch: UInt64, _ seq: UInt64, _ content: JournalContent) -> JournalRecord {
            JournalRecord(
                journalID: 1, epoch: epoch, claim: 5, seq: seq, at: Timestamp(microseconds: 0), content: content)
        }
        let claim = JournalContent.claim(JournalClaim(host: "a", version: "1"))
        #expect(fold.fold(record(0, 0, claim), offset: .max) == .ignored(.lateClaim))
        #expect(fold.fold(record(.max, .max, .commits([])), offset: .max) == .ignored(.gap))
        #expect(fold.fold(record(.max, 0, .commits([])), offset: .max) == .ignored(.repeated))
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
        #expect(fold.fold(record(0, 0, .genesis(genesis)), offset: 0) == .begins(genesis))
        #expect(fold.fold(record(1, 0, .claim(claim)), offset: 1) == .claimed(claim))
        let half = Array(repeating: 1 as UInt8, count: JournalCodec.maximumCommitBytes / 2)
        #expect(fold.fold(record(1, 0, .part(JournalPart(.first, half))), offset: 2) == .part)
        #expect(fold.fold(record(1, 1, .part(JournalPart(.middle, half))), offset: 3) == .part)
        #expect(fold.expected == 2 && fold.position?.next == 0 && fold.position?.offset == 2)
        #expect(fold.fold(record(1, 2, .part(JournalPart(.last, [1]))), offset: 4) == .ignored(.tooLarge))
        #expect(fold.fold(record(2, 0, .claim(claim)), offset: 5) == .claimed(claim))
        #expect(fold.fold(record(2, 0, .commits([[1]])), offset: 6) == .commits([[1]]))
    }

    /// The offset at which the fold decides otherwise than the other one, if any.
    private func differs(
        _ log: [JournalRecord], _ other: NaiveFold, _ see: (JournalVerdict) -> Void = { _ in }
    ) -> Int? {
        var (fold, other) = (JournalFold(), other)
        var commits: [[UInt8]] = []
        for (offset, record) in log.enumerated() {
            let verdict = fold.fold(record, offset: Int64(offset))
            see(verdict)
            if case .commits(let more) = verdict { commits += more }
            var counts = true
            if case .ignored = verdict { counts = false }
            if other.take(record, offset: Int64(offset)) != counts || other.position != fold.position
                || other.commits != commits
            {
                return offset
            }
        }
        return nil
    }
}
