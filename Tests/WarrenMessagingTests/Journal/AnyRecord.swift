import TestSupport
import Warren

@testable import WarrenMessaging

/// Makes records of journals, the same ones for the same seed.
struct AnyRecord {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A record with anything in it.
    mutating func record() -> JournalRecord {
        JournalRecord(
            journalID: UInt128.random(in: .min ... .max, using: &random), epoch: number(), claim: number(),
            seq: number(), at: Timestamp(microseconds: Int64(bitPattern: number())), content: content())
    }

    /// A log with mistakes of every kind: about half of the records are the next ones by the rules, the others have
    /// small numbers, so that they nearly fit.
    mutating func log(_ count: Int) -> [JournalRecord] {
        var rules = NaiveFold()
        return (0..<count).map { offset in
            let record = plausible(after: rules.position, parts: rules)
            _ = rules.take(record, offset: Int64(offset), size: Self.size(offset))
            return record
        }
    }

    private mutating func plausible(after position: JournalPosition?, parts: NaiveFold) -> JournalRecord {
        let isNext = random.below(10) < 6
        // Genesis comes first nearly always: without it there is no journal.
        guard let position else {
            let content = random.chance(oneIn: 5) ? content() : .genesis(genesis())
            return small(content)
        }
        var record = small(content())
        guard isNext else { return record }
        // Now and then the host that released the partition goes on.
        if position.isReleased, !random.chance(oneIn: 3) { record.content = .claim(claim()) }
        (record.journalID, record.epoch, record.claim) = (position.journalID, position.epoch, position.claim)
        record.seq = parts.nextSeq
        if case .claim = record.content {
            (record.epoch, record.claim) = (position.epoch + 1, UInt64(random.below(4)))
        } else if parts.isWithinCommit, random.below(4) > 0 {
            record.content = .part(JournalPart(random.chance(oneIn: 2) ? .middle : .last, random.bytes(most: 2)))
        }
        return record
    }

    private mutating func small(_ content: JournalContent) -> JournalRecord {
        JournalRecord(
            journalID: random.chance(oneIn: 6) ? 2 : 1, epoch: UInt64(random.below(4)), claim: UInt64(random.below(4)),
            seq: UInt64(random.below(4)), at: Timestamp(microseconds: Int64(random.below(100))), content: content)
    }

    mutating func content() -> JournalContent {
        switch random.below(12) {
        case 0: .genesis(genesis())
        case 1, 2: .claim(claim())
        case 3: .snapshot(snapshot())
        case 4: .release(to: text())
        case 5: .part(JournalPart(.first, random.bytes(most: 9)))
        case 6: .part(JournalPart(.middle, random.bytes(most: 9)))
        case 7: .part(JournalPart(.last, random.bytes(most: 9)))
        default: .commits((0..<random.below(4)).map { _ in random.bytes(most: 20) })
        }
    }

    private mutating func genesis() -> JournalGenesis {
        JournalGenesis(
            partition: random.below(99), partitionCount: Int(truncatingIfNeeded: number()), schema: random.below(20),
            secret: random.bytes(most: 32), continuesFile: random.chance(oneIn: 2))
    }

    private mutating func claim() -> JournalClaim {
        JournalClaim(
            host: text(), version: text(), baseEpoch: number(), baseSeq: number(),
            previousHost: random.chance(oneIn: 2) ? text() : nil, isCareful: random.chance(oneIn: 2))
    }

    private mutating func snapshot() -> JournalSnapshot {
        JournalSnapshot(
            stream: text(), bytes: number(), sha256: random.bytes(most: 32),
            position: JournalPosition(
                journalID: UInt128(number()) << 64 | UInt128(number()), epoch: number(), claim: number(),
                isReleased: random.chance(oneIn: 2), next: number(), offset: Int64(bitPattern: number()),
                at: Timestamp(microseconds: Int64(bitPattern: number())), bytes: Int64(bitPattern: number()),
                savedBytes: Int64(bitPattern: number())))
    }

    /// The sizes of the records of a log, as its fold would be told them.
    static func size(_ offset: Int) -> Int { 60 + offset * 7 % 50 }

    private mutating func text() -> String { String(decoding: random.bytes(most: 12), as: UTF8.self) }

    mutating func number() -> UInt64 {
        random.chance(oneIn: 8) ? .max : UInt64.random(in: .min ... .max, using: &random) >> UInt64(random.below(64))
    }
}

extension NaiveFold {
    /// The number of the record that would count next.
    var nextSeq: UInt64 {
        let records = counted.map(\.record)
        return UInt64(records.count - 1 - (records.lastIndex(where: \.isClaim) ?? records.count - 1))
    }

    var isWithinCommit: Bool { counted.last?.record.isUnfinished ?? false }
}
