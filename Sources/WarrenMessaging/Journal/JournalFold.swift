package import Warren

/// Decides which records of a journal count. Every reader that folds the same records arrives at the same decisions.
///
/// - A genesis counts if it is the first record.
/// - A claim counts if its epoch is one above that of the claim that counted last.
/// - Every other record counts if it was written under the claim that counted last, that claim is not released, and its
///   number is the next one.
///
/// Everything else counts for nobody: the records of a host that was overtaken, a repetition, a claim that another one
/// forestalled, a record behind a gap. So it does no harm that the broker repeats or loses what is appended.
package struct JournalFold: Sendable, Hashable {
    /// The position behind the last record that counted; `nil` before the journal begins.
    package private(set) var position: JournalPosition?
    /// The parts of a large commit so far, and their number. They end with their claim.
    private var parts: [UInt8] = []
    private var partCount: UInt64 = 0
    /// The size of all records so far. It is ahead of the position behind records that do not count.
    private var bytes: Int64

    /// - Parameter position: the position to continue from; `nil` for the beginning of the journal.
    package init(at position: JournalPosition? = nil) {
        self.position = position
        bytes = position?.bytes ?? 0
    }

    /// The number of the next record that counts under the ruling claim. It is ahead of the position within a large
    /// commit.
    package var expected: UInt64 { (position?.next ?? 0) &+ partCount }

    /// Takes the next record of the journal.
    ///
    /// - Parameters:
    ///   - offset: the record's offset in the stream.
    ///   - size: the size of the record in bytes, as it is in the stream.
    package mutating func fold(_ record: JournalRecord, offset: Int64, size: Int) -> JournalVerdict {
        skip(size: size)
        guard let position else { return begin(record, offset) }
        guard record.journalID == position.journalID else { return .ignored(.otherJournal) }
        switch record.content {
        case .genesis:
            return .ignored(.secondGenesis)
        case .claim(let claim):
            guard record.epoch > position.epoch else { return .ignored(.lateClaim) }
            guard record.epoch - position.epoch == 1 else { return .ignored(.missedClaim) }
            move(behind: record, offset, next: 0, isReleased: false)
            return .claimed(claim)
        case .commits, .part, .snapshot, .release:
            break
        }
        guard !position.isReleased, record.claim == position.claim, record.epoch == position.epoch else {
            return .ignored(.otherClaim)
        }
        guard record.seq >= expected else { return .ignored(.repeated) }
        guard record.seq == expected, record.seq < .max else { return .ignored(.gap) }
        return count(record, offset)
    }

    /// Takes an entry of the journal that is no record. It counts for nobody, but has a size.
    ///
    /// - Parameter size: in bytes.
    package mutating func skip(size: Int) {
        let (sum, overflows) = bytes.addingReportingOverflow(Int64(max(0, size)))
        bytes = overflows ? .max : sum
    }

    private mutating func begin(_ record: JournalRecord, _ offset: Int64) -> JournalVerdict {
        guard case .genesis(let genesis) = record.content else { return .ignored(.beforeGenesis) }
        position = JournalPosition(
            journalID: record.journalID, epoch: 0, claim: 0, isReleased: true, next: 0, offset: behind(offset),
            at: record.at, bytes: bytes)
        return .begins(genesis)
    }

    /// Takes a record that is the next one of the ruling claim.
    private mutating func count(_ record: JournalRecord, _ offset: Int64) -> JournalVerdict {
        if case .part(let part) = record.content { return count(part, of: record, offset) }
        guard partCount == 0 else { return .ignored(.brokenParts) }
        switch record.content {
        case .commits(let commits):
            move(behind: record, offset, next: record.seq + 1, isReleased: false)
            return .commits(commits)
        case .snapshot(let snapshot):
            move(behind: record, offset, next: record.seq + 1, isReleased: false, snapshot)
            return .snapshot(snapshot)
        case .release(let host):
            move(behind: record, offset, next: record.seq + 1, isReleased: true)
            return .released(to: host)
        case .genesis, .claim, .part:
            return .ignored(.brokenParts)
        }
    }

    private mutating func count(_ part: JournalPart, of record: JournalRecord, _ offset: Int64) -> JournalVerdict {
        guard (part.place == .first) == (partCount == 0) else { return .ignored(.brokenParts) }
        guard part.bytes.count <= JournalCodec.maximumCommitBytes - parts.count else { return .ignored(.tooLarge) }
        parts += part.bytes
        guard part.place == .last else {
            partCount += 1
            return .part
        }
        let commit = parts
        move(behind: record, offset, next: record.seq + 1, isReleased: false)
        return .commits([commit])
    }

    private mutating func move(
        behind record: JournalRecord, _ offset: Int64, next: UInt64, isReleased: Bool,
        _ snapshot: JournalSnapshot? = nil
    ) {
        let before = position?.at ?? record.at
        // A snapshot cannot contain more than there is.
        let saved = max(position?.savedBytes ?? 0, min(snapshot?.position.bytes ?? 0, bytes))
        position = JournalPosition(
            journalID: record.journalID, epoch: record.epoch, claim: record.claim, isReleased: isReleased, next: next,
            offset: behind(offset), at: max(before, record.at), bytes: bytes, savedBytes: saved,
            snapshot: snapshot?.stream ?? position?.snapshot ?? "")
        parts = []
        partCount = 0
    }

    private func behind(_ offset: Int64) -> Int64 { offset < .max ? offset + 1 : offset }
}
