import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// A store with a journal in the broker as its truth: the file holds a prefix of the commits that count there.
///
/// It follows the journal from the beginning, and applies what counts. When its host is the partition's owner it claims
/// the partition (`begin`); from then on a commit is appended first, and is safe when it was read back, counts, and is
/// applied. When a record does not come back, the claim is over, and the host claims the partition again: what it reads
/// before that claim counts, and the rest it appends again. If another host's claim was first, or nothing comes back for
/// long, the store fails.
final class JournaledStore: ForwardingStore {
    struct Surroundings: Sendable {
        var journal: PartitionJournal
        /// The ID of this host, by which claims name it.
        var hostID: String
        var clock: any HostClock
        var random: RandomSource
        /// The time without anything read back, while something is on its way, after which the claim is over.
        var doubtAfter: Duration
        /// The size of the journal in the broker, in bytes.
        var journalBytes: Int
        var logger: Logger
        /// Makes the secret of a journal that begins.
        var makeSecret: @Sendable () -> PartitionSecret = { .make() }
        /// A deliberate bug, for a simulation that has to find it.
        var bug: JournalBug?

        /// Commits wait from this size of unsaved records on.
        var mostUnsavedBytes: Int64 { JournalRoom.mostUnsaved(of: Int64(journalBytes)) }
    }

    struct State {
        var writer: JournalWriter
        /// Whether a caller is appending records at present; it will see what was added meanwhile.
        var isAppending = false
        /// What waits for bytes that this host appended, to know that it has read everything before them.
        var marks: [[UInt8]: OneShot<Bool>] = [:]
        var snapshots = Snapshots()
        var trials = JournalTrials()
        /// Waits for the outcome of a claim.
        var claim: OneShot<JournalWriter.Turn?>?
        /// The number of records read.
        var read: UInt64 = 0
        /// The time between the writing of the newest record that was read and its reading.
        var lag = Duration.zero
        /// The writer's progress when the alarm was set.
        var progressWhenSet: UInt64 = 0
        /// Whether the alarm is set, and when it was.
        var isAlarmSet = false
        var alarmSetAt = Timestamp(microseconds: 0)
        var alarmTime = Duration.zero
        /// When the claim was last renewed, and how often the time of doubt is doubled for a while after that.
        var doubtedAt: Timestamp?
        var doublings = 0
        /// The alarms in a row that found nothing read.
        var silentAlarms = 0
        var room = Room()
        /// The offset behind the first record that the file did not take.
        var refusedAt: Int64?
    }

    /// The time for which a release is waited for. Without it, this host is believed to be gone.
    private static let releasePatience = Duration.seconds(2)

    let store: any PartitionStore
    let around: Surroundings
    private let files: any PartitionFiles
    private let snapshots: SnapshotMaker?
    private let tail: JournalTail
    let state: Mutex<State>
    let window = ApplyWindow(limit: 16 << 20)
    let alarm = Mutex<(any HostAlarm)?>(nil)
    private let following = Mutex<Task<Void, Never>?>(nil)
    private let observer = Mutex<(@Sendable (StorageError) -> Void)?>(nil)
    /// The host for which the partition is released when its work ends.
    let heir = Mutex<String?>(nil)

    /// - Parameters:
    ///   - store: holds what counts up to the fold's position.
    ///   - tail: continues behind that position.
    ///   - files: the place of the store.
    ///   - snapshots: makes copies of the store while this host owns the partition; `nil` if it is no file.
    init(
        _ store: any PartitionStore, at position: JournalPosition?, tail: JournalTail,
        files: any PartitionFiles, snapshots: SnapshotMaker?, _ around: Surroundings
    ) {
        self.store = store
        self.files = files
        self.snapshots = snapshots
        self.around = around
        self.tail = tail
        state = Mutex(
            State(writer: JournalWriter(at: position, mostUnsavedBytes: around.mostUnsavedBytes, bug: around.bug)))
    }

    /// Files of different hosts have different numbers of transactions: only the journal says what is newer.
    var commitBeforeOpening: CommitMark? { nil }
    var lastCommit: CommitMark? { nil }
    func mirrorCommits(to mirror: @escaping @Sendable (CommitMark) -> Void) {}

    /// The position up to which the journal was read and counts.
    var position: JournalPosition? { state.withLock { $0.writer.position } }

    /// How far this host has read, how late it read the newest record, and how many bytes are not applied yet.
    var reading: (position: JournalPosition?, lag: Duration, unapplied: Int) {
        let (position, lag) = state.withLock { ($0.writer.position, $0.lag) }
        return (position, lag, window.count)
    }

    /// Whether this host's claim rules.
    var isOwning: Bool { state.withLock { $0.writer.isOwning } }

    /// The reason why the store does not work any more.
    var failure: StorageError? { state.withLock { $0.writer.failure } }

    /// What the journal says about who owns the partition next, as far as it was read.
    struct Succession: Sendable {
        /// The host that owned the partition last; `nil` if the file already held its claim when it was opened.
        var owner: String?
        /// The host for which the partition was released, empty for any; `nil` if it was not released.
        var released: String?
        /// The epoch of the last claim.
        var epoch: UInt64
    }

    var succession: Succession {
        state.withLock {
            Succession(
                owner: $0.writer.lastOwner, released: $0.writer.releasedTo, epoch: $0.writer.position?.epoch ?? 0)
        }
    }

    // MARK: Following

    /// Begins to read the journal. Called once.
    func follow() {
        let alarm = around.clock.makeAlarm { [weak self] in self?.look() }
        self.alarm.withLock { $0 = alarm }
        let task = Task(executorPreference: around.journal.executor) { [self] in await readOn() }
        following.withLock { $0 = task }
    }

    private func readOn() async {
        var tail = tail
        do {
            while let entries = try await tail.read() {
                receive(entries)
                await window.room()
            }
            fail(StorageError(.closed, "The journal is not read any more.", path: around.journal.stream))
        } catch let error as StorageError {
            fail(error)
        } catch {
            fail(StorageError(.io, "The journal cannot be read: \(error)", path: around.journal.stream))
        }
    }

    private func receive(_ entries: [JournalEntry]) {
        var turns: [JournalWriter.Turn] = []
        var doubt: StorageError?
        var claim: OneShot<JournalWriter.Turn?>?
        var offers: [JournalSnapshot] = []
        let position = state.withLock { state in
            for entry in entries where state.writer.failure == nil {
                let (application, turn) = state.writer.receive(entry)
                // Under the lock, so that what follows is queued behind it. The store only queues it.
                if let application, let error = apply(application, size: entry.size) {
                    turns.append(.ends(error))
                    break
                }
                switch turn {
                case .isDoubtful(let error): doubt = error
                case .some(let turn): turns.append(turn)
                case nil: break
                }
                if let offer = note(entry, in: &state) { offers.append(offer) }
            }
            state.read += UInt64(entries.count)
            if let written = entries.last?.record?.at {
                state.lag = max(.zero, around.clock.now.duration(since: written))
            }
            if !turns.isEmpty { claim = state.claim }
            return state.writer.position
        }
        noteRoom()
        for turn in turns {
            if case .ends(let error) = turn { fail(error) } else { claim?.set(turn) }
        }
        if let doubt { renew(doubt) }
        append()
        if let position { for offer in offers { snapshots?.adopt(offer, into: self, at: position) } }
        considerSnapshot()
    }

    /// Begins a snapshot if one is due and this host is to make it.
    func considerSnapshot() {
        let (position, isOwning, duty) = state.withLock {
            ($0.writer.position, $0.writer.isOwning, $0.snapshots.duty)
        }
        guard let position, isOwning || duty == .ofThis else { return }
        snapshots?.consider(self, at: position, isOwning: isOwning, duty)
    }

    /// - Returns: the reason why it cannot be applied. Nothing that follows may be, then.
    private func apply(_ application: JournalWriter.Application, size: Int) -> StorageError? {
        let entries = application.entries
        let commits: [PartitionCommit]
        switch application.commits {
        case .own(let own): commits = own
        case .encoded(let encoded):
            do throws(StorageError) {
                var decoded: [PartitionCommit] = []
                for bytes in encoded { decoded.append(try PartitionCommitCodec.decode(bytes)) }
                commits = decoded
            } catch {
                return error
            }
        }
        window.begin(size)
        store.apply(commits, at: application.position) { [window, weak self] result in
            window.end(size)
            for entry in entries { entry.completion(result) }
            if case .failure(let error) = result { self?.notApplied(application.position, error) }
        }
        return nil
    }

    // MARK: Committing

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        let failure = state.withLock { state -> StorageError? in
            guard let failure = state.writer.failure else {
                state.writer.add(JournalWriter.Entry(commit: commit, completion: completion))
                return nil
            }
            return failure
        }
        if let failure {
            let error = StorageError(
                .closed, "An earlier commit failed (\(failure)). Open the partition again.", path: failure.path)
            return refuse([JournalWriter.Entry(commit: commit, completion: completion)], error)
        }
        append()
    }

    /// Appends what waits, in order: one caller at a time.
    private func append() {
        while true {
            let (records, claim): ([[UInt8]], UInt64)
            do throws(StorageError) {
                guard let taken = try takeRecords() else { return }
                (records, claim) = taken
            } catch {
                return fail(error)
            }
            around.journal.append(records, confirmed: confirmationForTest) { [weak self] error in
                self?.notAppended(error, under: claim)
            }
            state.withLock { $0.isAppending = false }
        }
    }

    private func takeRecords() throws(StorageError) -> (records: [[UInt8]], claim: UInt64)? {
        try state.withLock { state -> Result<(records: [[UInt8]], claim: UInt64)?, StorageError> in
            guard !state.isAppending, let claim = state.writer.owningClaim else { return .success(nil) }
            return Result { () throws(StorageError) in
                let (records, done) = try state.writer.takeRecords(at: around.clock.now)
                if !done.isEmpty {
                    store.commit(PartitionCommit()) { result in for entry in done { entry.completion(result) } }
                }
                let encoded = try around.encoded(records)
                state.isAppending = !encoded.isEmpty
                setAlarm(&state)
                return encoded.isEmpty ? nil : (encoded, claim)
            }
        }.get()
    }

    /// Appends a record of something else than commits, and waits until it counts.
    ///
    /// - Throws: `StorageError` if it does not count.
    func append(_ content: JournalContent) async throws {
        let done = OneShot<Result<Void, StorageError>>()
        let failure = state.withLock { state in
            state.writer.add(content, JournalWriter.Entry(commit: PartitionCommit()) { done.set($0) })
            return state.writer.failure
        }
        if let failure { throw failure }
        append()
        try await done.value.get()
    }

    // MARK: Ending

    /// Makes `finish` release the partition for a host, empty for any.
    func release(to host: String) { heir.withLock { $0 = host } }

    func finish() async {
        guard let host = heir.withLock({ $0 }), isOwning else { return }
        let patience = around.clock.makeAlarm { [weak self] in
            guard let self else { return }
            fail(StorageError(.unconfirmed, "The release did not come back.", path: around.journal.stream))
        }
        patience.set(after: Self.releasePatience)
        defer { patience.set(to: nil) }
        do {
            try await append(.release(to: host))
        } catch {
            around.logger.notice(
                "A partition was not released; the next host in line claims it nevertheless",
                metadata: [LogKey.partition: "\(around.journal.partition)", LogKey.reason: "\(error)"])
        }
    }

    func fail(_ error: StorageError) {
        let (entries, claim, waiting, isFirst) = state.withLock { state in
            let isFirst = state.writer.failure == nil
            let waiting = Array(state.marks.values) + [state.snapshots.offer?.counts].compactMap { $0 }
            return (state.writer.end(error), state.claim, waiting, isFirst)
        }
        if isFirst { alarm.withLock { $0 }?.set(to: nil) }
        for waiting in waiting { waiting.set(false) }
        refuse(entries, error)
        claim?.set(.ends(error))
        if isFirst { observer.withLock { $0 }?(error) }
    }

    /// Calls an observer when the store fails, also when nothing is being written.
    func observeFailure(_ observer: @escaping @Sendable (StorageError) -> Void) {
        self.observer.withLock { $0 = observer }
        if let failure { observer(failure) }
    }

    /// Fails commits behind everything that the store was given before.
    private func refuse(_ entries: [JournalWriter.Entry], _ error: StorageError) {
        guard !entries.isEmpty else { return }
        store.commit(PartitionCommit()) { _ in for entry in entries { entry.completion(.failure(error)) } }
    }

    /// Closes the store and removes its file, which is damaged: the next opening makes it anew from the journal.
    func discard() {
        close()
        do {
            try files.remove()
        } catch {
            around.logger.error(
                "A damaged file cannot be removed",
                metadata: [LogKey.partition: "\(around.journal.partition)", LogKey.error: "\(error)"])
        }
    }

    func close() {
        fail(StorageError(.closed, "The store was closed.", path: around.journal.stream))
        following.withLock { $0 }?.cancel()
        tail.close()
        store.close()
    }
}

extension JournaledStore.Surroundings {
    fileprivate func encoded(_ records: [JournalRecord]) throws(StorageError) -> [[UInt8]] {
        var encoded: [[UInt8]] = []
        for record in records { encoded.append(try journal.encoded(record)) }
        return encoded
    }
}
