import DequeModule
import Warren
import WarrenMessaging
import WarrenStorage

/// What a host knows of a partition's journal: what it has read, and what it has appended under its own claim and not
/// read back. Pure.
///
/// A commit is safe when its record was read back and counts. Records count in the order of their numbers or not at all,
/// so what counts is always a prefix of what was appended.
struct JournalWriter {
    /// A commit that is to be appended, or to be read back.
    struct Entry: Sendable {
        var commit: PartitionCommit
        var completion: @Sendable (Result<Void, StorageError>) -> Void
    }

    /// The content of one record, or of the parts of one large commit.
    private struct Sent {
        /// The number of its record, or of its last one.
        var seq: UInt64
        var entries: [Entry]
        /// The size of its commits.
        var bytes = 0
        /// The content, if it is no commit.
        var content: JournalContent?
    }

    private enum Phase {
        /// Another host may own the partition.
        case following
        /// A claim was appended, under one of several random numbers: each attempt has its own.
        case claiming([UInt64])
        case owning(claim: UInt64)
        /// This host owned the partition under the old claim, and has appended another one, or several, to go on with.
        case renewing(old: UInt64, [UInt64])
        case ended(StorageError)
    }

    /// The consequence of a record for this host.
    enum Turn: Sendable {
        /// This host owns the partition from here on.
        case owns
        /// Another claim was first: the next one needs a higher epoch.
        case isLate
        /// Something that this host appended is lost: its claim is over, and can be renewed.
        case isDoubtful(StorageError)
        /// This host does not own the partition any more.
        case ends(StorageError)
    }

    /// Something that is to be applied to the file, with the new position.
    struct Application: Sendable {
        var commits: Commits
        var position: JournalPosition
        /// The commits of this host that are safe when it is applied.
        var entries: [Entry] = []
    }

    enum Commits: Sendable {
        case own([PartitionCommit])
        case encoded([[UInt8]])
    }

    /// The maximum number of records on their way. More would only make them smaller: what waits gathers in the next one.
    static let mostSent = 8
    /// The number of renewals in a row without a commit of this host that counts, and the number of attempts at one.
    static let mostRenewals = 8
    static let mostAttempts = 10

    private(set) var fold: JournalFold
    /// The host that claimed the partition last, if that was read.
    private(set) var lastOwner: String?
    /// The host for which the partition was released, empty for any; `nil` while it is not released.
    private(set) var releasedTo: String?
    private var pace = ClaimPace()
    /// Whether this host claimed the partition in order to work carefully.
    private(set) var isCareful = false
    private var phase = Phase.following
    private var waiting: [Entry] = []
    /// Records other than commits that are to be appended.
    private var waitingContents: [(content: JournalContent, entry: Entry)] = []
    private var sent: Deque<Sent> = []
    private var nextSeq: UInt64 = 0
    /// The renewals since a commit of this host counted.
    private var renewals = 0
    /// The size of the records from which on nothing more is appended until a snapshot allows the broker to remove some.
    private let mostUnsavedBytes: Int64
    private let bug: JournalBug?

    init(at position: JournalPosition?, mostUnsavedBytes: Int64, bug: JournalBug? = nil) {
        self.bug = bug
        fold = JournalFold(at: position)
        releasedTo = position.flatMap { $0.isReleased && $0.epoch > 0 ? "" : nil }
        self.mostUnsavedBytes = mostUnsavedBytes
    }

    var position: JournalPosition? { fold.position }

    /// Whether something was appended that was not read back.
    var isAwaiting: Bool {
        switch phase {
        case .claiming, .renewing: true
        case .following, .owning, .ended: !sent.isEmpty
        }
    }

    /// Changes with every record of the ruling claim that is read, the parts of a large commit included.
    var progress: UInt64 { fold.expected }

    var isOwning: Bool { owningClaim != nil }

    /// The claim under which this host appends.
    var owningClaim: UInt64? {
        if case .owning(let claim) = phase { return claim }
        return nil
    }

    /// Whether this host has claimed a partition again that it owned, and does not know yet whether that counts.
    var isRenewing: Bool {
        if case .renewing = phase { return true }
        return false
    }

    private var isFollowing: Bool { if case .following = phase { true } else { false } }

    /// Whether commits wait for a snapshot, because the broker would begin to remove records that are needed.
    /// What is on its way counts.
    var isFull: Bool {
        let unsaved = position?.unsavedBytes ?? 0
        return unsaved >= mostUnsavedBytes || unsaved + Int64(sent.reduce(0) { $0 + $1.bytes }) >= mostUnsavedBytes
    }

    /// The reason why nothing more is appended.
    var failure: StorageError? {
        if case .ended(let error) = phase { return error }
        return nil
    }

    // MARK: Appending

    /// Makes a claim to append.
    ///
    /// - Parameter number: random; no other attempt has it.
    /// - Returns: `nil` before the journal has begun, or after the end.
    mutating func claim(_ number: UInt64, _ claim: JournalClaim, at now: Timestamp) -> JournalRecord? {
        guard failure == nil, let record = record(of: claim, number, at: now) else { return nil }
        var numbers = [number]
        if case .claiming(let earlier) = phase { numbers += earlier }
        phase = .claiming(numbers)
        return record
    }

    /// Makes a claim with which this host goes on, because something that it appended does not come back. Nothing more is
    /// appended before it counts. What counts of the old claim is known then, and the rest is appended again.
    ///
    /// - Returns: `nil` if this host does not own the partition, or if it was tried too often in vain.
    mutating func renew(_ number: UInt64, _ claim: JournalClaim, at now: Timestamp) -> JournalRecord? {
        guard let record = record(of: claim, number, at: now) else { return nil }
        switch phase {
        case .owning(let old):
            guard renewals < Self.mostRenewals else { return nil }
            renewals += 1
            phase = .renewing(old: old, [number])
        case .renewing(let old, let numbers):
            guard numbers.count < Self.mostAttempts else { return nil }
            phase = .renewing(old: old, numbers + [number])
        case .following, .claiming, .ended: return nil
        }
        return record
    }

    private func record(of claim: JournalClaim, _ number: UInt64, at now: Timestamp) -> JournalRecord? {
        guard let position else { return nil }
        return JournalRecord(
            journalID: position.journalID, epoch: position.epoch + 1, claim: number, seq: 0,
            at: max(now, position.at), content: .claim(claim))
    }

    /// Adds a commit behind all others.
    mutating func add(_ entry: Entry) { waiting.append(entry) }

    /// Adds a record of something else than commits.
    mutating func add(_ content: JournalContent, _ entry: Entry) { waitingContents.append((content, entry)) }

    /// Makes the records to append now from what waits.
    ///
    /// - Returns: the records, and commits that need none: nothing is written, and everything before them is safe.
    mutating func takeRecords(at now: Timestamp) throws(StorageError) -> (records: [JournalRecord], done: [Entry]) {
        guard isOwning, let position else { return ([], []) }
        // An empty commit is safe as soon as the one before it is.
        let filled = waiting.firstIndex { !$0.commit.isEmpty } ?? waiting.count
        let takesCommits = sent.count < Self.mostSent && filled < waiting.count && !isFull
        // Nothing is changed before this, which may fail: every commit is still here, to be failed with it.
        let groups = takesCommits ? try Self.groups(of: Array(waiting[filled...])) : []
        var records: [JournalRecord] = []
        for (content, entry) in waitingContents {
            append([content], [entry], to: &records)
            if let last = sent.indices.last { sent[last].content = content }
        }
        waitingContents = []
        var done: [Entry] = []
        if filled > 0 {
            if let last = sent.indices.last {
                sent[last].entries += waiting[..<filled]
            } else {
                done = Array(waiting[..<filled])
            }
            waiting.removeFirst(filled)
        }
        if takesCommits {
            var taken = 0
            for group in groups {
                if isFull { break }
                append(group.contents, group.entries, bytes: group.bytes, to: &records)
                taken += group.entries.count
            }
            waiting.removeFirst(taken)
        }
        // The time of a partition does not go back, even if its hosts' clocks differ.
        let time = max(now, position.at)
        for index in records.indices { records[index].at = time }
        return (records, done)
    }

    private mutating func append(
        _ contents: [JournalContent], _ entries: [Entry], bytes: Int = 0, to records: inout [JournalRecord]
    ) {
        guard case .owning(let claim) = phase, let position else { return }
        for content in contents {
            records.append(
                JournalRecord(
                    journalID: position.journalID, epoch: position.epoch, claim: claim, seq: nextSeq,
                    at: position.at, content: content))
            nextSeq += 1
        }
        sent.append(Sent(seq: nextSeq - 1, entries: entries, bytes: bytes))
    }

    // MARK: Reading

    /// Takes what was read next.
    mutating func receive(_ entry: JournalEntry) -> (application: Application?, turn: Turn?) {
        guard let record = entry.record else {
            fold.skip(size: entry.size)
            return (nil, nil)
        }
        let folded = bug.map { fold.changedForTest(record, $0, isFollowing: isFollowing) } ?? record
        if folded.seq != record.seq { skipForTest(to: record) }
        let verdict = fold.fold(folded, offset: entry.offset, size: entry.size)
        guard let position else { return (nil, nil) }
        switch verdict {
        case .claimed(let claim): note(claim, at: record.at)
        case .released(let host): releasedTo = host
        default: break
        }
        switch verdict {
        case .begins, .snapshot, .released:
            return taken(.own([]), position, record)
        case .claimed:
            return (Application(commits: .own([]), position: position), turn(at: record))
        case .commits(let encoded):
            return taken(.encoded(encoded), position, record)
        case .part:
            return (nil, nil)
        case .ignored(let reason):
            return (nil, turn(at: record, ignored: reason))
        }
    }

    private mutating func note(_ claim: JournalClaim, at time: Timestamp) {
        pace.note(at: time, isRenewal: claim.host == lastOwner, wasReleased: releasedTo != nil)
        (lastOwner, releasedTo) = (claim.host, nil)
    }

    /// Whether a host that claims the partition now has to expect that its process dies over something.
    func mustBeCareful(_ host: String, at now: Timestamp) -> Bool {
        if isOwning || isRenewing || host == lastOwner { return isCareful }
        return pace.isAlarming(at: now, wasReleased: releasedTo != nil)
    }

    /// Takes a record that counts under the ruling claim.
    private mutating func taken(
        _ commits: Commits, _ position: JournalPosition, _ record: JournalRecord
    ) -> (Application?, Turn?) {
        let own: UInt64? =
            switch phase {
            case .owning(let claim), .renewing(old: let claim, _): claim
            case .following, .claiming, .ended: nil
            }
        guard record.claim == own else { return (Application(commits: commits, position: position), nil) }
        guard let first = sent.popFirst(), first.seq == record.seq else {
            let error = StorageError(.misuse, "A record came back that this host did not append.")
            return (Application(commits: commits, position: position), .ends(error))
        }
        var application = Application(commits: commits, position: position, entries: first.entries)
        if case .encoded = commits {
            application.commits = .own(first.entries.map(\.commit))
            renewals = 0
        }
        return (application, nil)
    }

    /// Notes that a claim counts.
    private mutating func turn(at record: JournalRecord) -> Turn? {
        switch phase {
        case .claiming(let numbers) where numbers.contains(record.claim):
            phase = .owning(claim: record.claim)
            nextSeq = 0
            if case .claim(let claim) = record.content { isCareful = claim.isCareful }
            return .owns
        case .renewing(_, let numbers) where numbers.contains(record.claim):
            phase = .owning(claim: record.claim)
            nextSeq = 0
            putBack()
            return .owns
        case .claiming: return .isLate
        case .owning, .renewing:
            guard case .claim(let claim) = record.content else { return nil }
            return .ends(
                StorageError(.overtaken, "The host '\(claim.host)' claimed the partition (epoch \(record.epoch))."))
        case .following, .ended: return nil
        }
    }

    /// Puts what was appended under the old claim and does not count in front of what waits.
    private mutating func putBack() {
        var commits: [Entry] = []
        var contents: [(content: JournalContent, entry: Entry)] = []
        for unread in sent {
            guard let content = unread.content, let entry = unread.entries.first else {
                commits += unread.entries
                continue
            }
            contents.append((content, entry))
            // Empty commits that went with it.
            commits += unread.entries.dropFirst()
        }
        sent = []
        waiting = commits + waiting
        waitingContents = contents + waitingContents
    }

    private mutating func turn(at record: JournalRecord, ignored reason: JournalVerdict.Reason) -> Turn? {
        switch phase {
        case .claiming(let numbers) where numbers.contains(record.claim): return .isLate
        case .owning(let claim) where claim == record.claim:
            switch reason {
            case .gap, .brokenParts, .tooLarge:
                return .isDoubtful(
                    StorageError(.unconfirmed, "The broker lost a record that came before another one."))
            default: return nil
            }
        default: return nil
        }
    }

    /// Ends the claim: nothing more is appended, and nothing that was is known to count.
    ///
    /// - Returns: the commits that are not known to count.
    mutating func end(_ error: StorageError) -> [Entry] {
        if case .ended = phase {} else { phase = .ended(error) }
        let entries = sent.flatMap(\.entries) + waitingContents.map(\.entry) + waiting
        sent = []
        waitingContents = []
        waiting = []
        return entries
    }

    // MARK: Deliberate bugs

    /// Goes on under the claim that counted last, whichever it was: a bug.
    mutating func resumeForTest() -> Bool {
        guard let claim = position?.ruling, failure == nil else { return false }
        phase = .owning(claim: claim)
        nextSeq = fold.expected
        return true
    }

    /// Takes the completions of what was appended.
    mutating func confirmForTest() -> [@Sendable (Result<Void, StorageError>) -> Void] {
        var completions: [@Sendable (Result<Void, StorageError>) -> Void] = []
        for index in sent.indices {
            completions += sent[index].entries.map(\.completion)
            sent[index].entries = sent[index].entries.map { Entry(commit: $0.commit) { _ in } }
        }
        return completions
    }

    /// Takes what was lost in front of a record for safe.
    private mutating func skipForTest(to record: JournalRecord) {
        guard case .owning(let claim) = phase, record.claim == claim else { return }
        var lost: [Entry] = []
        while let first = sent.first, first.seq < record.seq { lost += sent.removeFirst().entries }
        guard !sent.isEmpty else { return }
        sent[sent.startIndex].entries.insert(
            contentsOf: lost.map { Entry(commit: PartitionCommit(), completion: $0.completion) }, at: 0)
    }
}
