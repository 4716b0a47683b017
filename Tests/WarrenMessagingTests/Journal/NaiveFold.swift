import Warren

@testable import WarrenMessaging

/// The rules of `JournalFold` once more, as a search through everything that counted so far. Slow, and with room for
/// mistakes that tests have to find.
struct NaiveFold {
    enum Bug: CaseIterable {
        /// Records under any claim count.
        case anyClaim
        /// A record behind a gap counts.
        case behindGap
        /// A record that counted counts again.
        case repetition
        /// A claim counts although another one was first.
        case lateClaim
        /// A claim counts a second time.
        case sameClaimAgain
        /// Records count although their claim was released.
        case afterRelease
        /// Records of another journal count.
        case otherJournal
        /// Records are numbered on behind the next claim.
        case numbersGoOn
        /// The parts of a large commit are completed under the next claim.
        case partsSurviveClaim
        /// The time of the partition is that of the last record.
        case timeGoesBack
        /// Records that do not count have no size.
        case ignoredHaveNoSize
        /// The newest snapshot is the last one, however old its contents.
        case lastSnapshot
    }

    var bug: Bug?
    private(set) var counted: [(record: JournalRecord, offset: Int64)] = []
    private(set) var commits: [[UInt8]] = []
    /// The sizes of all records by offset, and whether they counted.
    private var sizes: [(offset: Int64, size: Int, counts: Bool)] = []

    init(bug: Bug? = nil) { self.bug = bug }

    /// Whether the record counts.
    @discardableResult
    mutating func take(_ record: JournalRecord, offset: Int64, size: Int = 0) -> Bool {
        let counts = isCounted(record)
        sizes.append((offset, size, counts))
        guard counts else { return false }
        if case .commits(let all) = record.content { commits += all }
        if case .part(let part) = record.content, part.place == .last {
            commits.append(openParts.flatMap { $0 } + part.bytes)
        }
        counted.append((record, offset))
        return true
    }

    var epoch: UInt64 { UInt64(claims.count) }

    /// The position by the rules.
    var position: JournalPosition? {
        guard let first = counted.first else { return nil }
        let whole = counted.dropLast(openParts.count)
        let last = whole.last ?? first
        let times = whole.map(\.record).filter { !$0.isUnfinished }.map(\.at)
        return JournalPosition(
            journalID: first.record.journalID, epoch: epoch, claim: claims.last?.claim ?? 0, isReleased: isReleased,
            next: UInt64(max(0, sinceClaim.count - openParts.count)), offset: last.offset + 1,
            at: (bug == .timeGoesBack ? times.last : times.max()) ?? first.record.at, bytes: bytes(to: last.offset),
            savedBytes: savedBytes, snapshot: newestSnapshot)
    }

    private func bytes(to offset: Int64) -> Int64 {
        sizes.filter { $0.offset <= offset && ($0.counts || bug != .ignoredHaveNoSize) }
            .reduce(0) { $0 + Int64($1.size) }
    }

    private var newestSnapshot: String {
        let streams = counted.compactMap { entry -> String? in
            guard case .snapshot(let snapshot) = entry.record.content else { return nil }
            return snapshot.stream
        }
        return streams.last ?? ""
    }

    private var savedBytes: Int64 {
        let saved = counted.compactMap { entry -> Int64? in
            guard case .snapshot(let snapshot) = entry.record.content else { return nil }
            return min(snapshot.position.bytes, bytes(to: entry.offset))
        }
        return max(0, (bug == .lastSnapshot ? saved.last : saved.max()) ?? 0)
    }

    private func isCounted(_ record: JournalRecord) -> Bool {
        guard let first = counted.first?.record else { return record.isGenesis }
        if record.journalID != first.journalID, bug != .otherJournal { return false }
        if record.isGenesis { return false }
        if record.isClaim {
            if bug == .lateClaim { return true }
            if bug == .sameClaimAgain, let last = claims.last, last.epoch == record.epoch, last.claim == record.claim {
                return true
            }
            return record.epoch == epoch + 1
        }
        guard let ruling = claims.last else { return false }
        if isReleased, bug != .afterRelease { return false }
        if (record.claim, record.epoch) != (ruling.claim, ruling.epoch), bug != .anyClaim { return false }
        let next = bug == .numbersGoOn ? counted.count { !$0.record.isClaim } - 1 : sinceClaim.count
        switch bug {
        case .behindGap: if record.seq < next { return false }
        case .repetition: if record.seq > next { return false }
        default: if record.seq != next { return false }
        }
        if case .part(let part) = record.content { return (part.place == .first) == openParts.isEmpty }
        return openParts.isEmpty
    }

    private var claims: [JournalRecord] { counted.map(\.record).filter(\.isClaim) }

    private var sinceClaim: [JournalRecord] {
        let records = counted.map(\.record)
        return Array(records.suffix(from: records.lastIndex(where: \.isClaim).map { $0 + 1 } ?? records.count))
    }

    private var isReleased: Bool {
        claims.isEmpty || sinceClaim.contains { if case .release = $0.content { true } else { false } }
    }

    /// The parts of a commit that is not complete.
    private var openParts: [[UInt8]] {
        var parts: [[UInt8]] = []
        for record in counted.map(\.record).reversed() {
            if record.isClaim, bug == .partsSurviveClaim { continue }
            guard record.isUnfinished, case .part(let part) = record.content else { break }
            parts.insert(part.bytes, at: 0)
        }
        return parts
    }
}

extension JournalRecord {
    var isGenesis: Bool { if case .genesis = content { true } else { false } }
    var isClaim: Bool { if case .claim = content { true } else { false } }

    /// Whether it is a part of a large commit, and not the last one.
    var isUnfinished: Bool { if case .part(let part) = content { part.place != .last } else { false } }
}
