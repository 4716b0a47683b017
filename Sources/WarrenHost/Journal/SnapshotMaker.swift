import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Makes snapshots of a partition's file, so that the broker may remove the beginning of its journal, and so that a host
/// without the file need not read all of it.
///
/// 1. Copy the file beside the partition's work. 2. Write the copy to a stream of its own. 3. Read it back. 4. Append to
/// the journal that it is complete; a follower offers it to the owner, which does that. 5. When that counts, the owner
/// removes earlier snapshots, after a pause for those that are just reading one.
///
/// The name of a stream has the epoch of the claim under which it was made and a number, which grows. An owner removes only
/// those of its own epoch with lower numbers, and those of earlier epochs, so that a host that was overtaken never removes
/// what its successor relies on, and nobody removes what may still count.
final class SnapshotMaker: Sendable {
    private struct State {
        /// Whether a snapshot is being made, or adopted.
        var isMaking = false
        /// The last attempt failed when the journal had this size.
        var failedAt: Int64?
        /// Whether another attempt is made after a pause, though nothing be appended.
        var isPausing = false
    }

    private let files: any PartitionFiles
    private let names: TaskHubName
    private let partitionCount: Int
    private let around: JournaledStore.Surroundings
    private let state = Mutex(State())

    /// The time for which an earlier snapshot is kept when a newer one counts.
    private static let keptFor = Duration.seconds(60)
    /// The time after a failure in which another attempt is made at the latest: a partition that stands still for lack of
    /// a snapshot appends nothing.
    private static let pauseAfterFailure = Duration.seconds(30)
    /// The unsaved size from which on a snapshot is worthwhile, however small the file is.
    private static let smallest: Int64 = 32 << 20

    init(
        files: any PartitionFiles, names: TaskHubName, partitionCount: Int, _ around: JournaledStore.Surroundings
    ) {
        self.files = files
        self.names = names
        self.partitionCount = partitionCount
        self.around = around
    }

    /// Begins a snapshot if enough was appended since the last one, and none is being made.
    ///
    /// - Parameter isOwning: whether this host owns the partition.
    func consider(_ store: JournaledStore, at position: JournalPosition, isOwning: Bool, _ duty: SnapshotDuty) {
        let limit = Int64(around.journalBytes)
        let smallest = min(Self.smallest, limit / 8)
        // An owner leaves half as much again to the follower that should make it.
        let isDeputy = isOwning && duty == .ofFollower
        let unsaved = isDeputy ? position.unsavedBytes / 3 * 2 : position.unsavedBytes
        guard unsaved >= smallest else { return }
        let isDue = state.withLock { state in
            guard !state.isMaking else { return false }
            // After a failure another attempt is made when as much again was appended, or after a pause.
            if let failedAt = state.failedAt, position.bytes - failedAt < smallest / 4 { return false }
            state.isMaking = true
            return true
        }
        guard isDue else { return }
        // A copy costs as much as the file is large: a large file is copied less often.
        guard unsaved >= min(store.fileBytes(), limit / 4) else {
            return state.withLock { $0.isMaking = false }
        }
        begin(store, at: position) { [self] in try await make(store, isOwning: isOwning) }
    }

    /// Makes the snapshot count that a follower offers, if it is newer than the one that counts.
    func adopt(_ snapshot: JournalSnapshot, into store: JournaledStore, at position: JournalPosition) {
        guard isNewer(snapshot, than: position) else { return }
        let isFree = state.withLock { state in
            defer { state.isMaking = true }
            return !state.isMaking
        }
        guard isFree else { return }
        begin(store, at: position) { [self] in
            guard try await exists(snapshot.stream), let position = store.position, isNewer(snapshot, than: position)
            else { return }
            try await count(snapshot, in: store)
        }
    }

    private func begin(
        _ store: JournaledStore, at position: JournalPosition, _ work: @escaping @Sendable () async throws -> Void
    ) {
        Task(executorPreference: around.journal.executor) { [self] in
            var failedAt: Int64?
            do {
                try await work()
            } catch {
                failedAt = position.bytes
                around.logger.warning(
                    "A snapshot was not made; it is tried again later",
                    metadata: [LogKey.partition: "\(around.journal.partition)", LogKey.reason: "\(error)"])
            }
            let pauses = state.withLock { state in
                state.isMaking = false
                state.failedAt = failedAt
                guard failedAt != nil, !state.isPausing else { return false }
                state.isPausing = true
                return true
            }
            if pauses { tryAgainLater(store) }
            // What was written meanwhile may need another one, and a journal that is full is not written to.
            if failedAt == nil { store.considerSnapshot() }
        }
    }

    private func tryAgainLater(_ store: JournaledStore) {
        let pause = around.clock.pause(of: Self.pauseAfterFailure)
        Task(executorPreference: around.journal.executor) { [self, weak store] in
            do {
                try await pause()
            } catch {
                // Cancelled: the process ends.
                return
            }
            state.withLock { state in
                state.isPausing = false
                state.failedAt = nil
            }
            if let store, store.failure == nil { store.considerSnapshot() }
        }
    }

    /// Streams with higher names than that of the snapshot that counts are not removed by anyone.
    private func isNewer(_ snapshot: JournalSnapshot, than position: JournalPosition) -> Bool {
        guard snapshot.position.journalID == position.journalID, snapshot.position.bytes > position.savedBytes,
            snapshot.position.bytes <= position.bytes, let id = SnapshotID(snapshot.stream),
            snapshot.stream == stream(id)
        else { return false }
        guard let last = SnapshotID(position.snapshot) else { return true }
        return (id.epoch, id.number) > (last.epoch, last.number)
    }

    private func stream(_ id: SnapshotID) -> String {
        names.snapshotStream(around.journal.partition, of: partitionCount, id: id.text)
    }

    private func exists(_ stream: String) async throws -> Bool {
        do {
            _ = try await around.journal.transport.depth(of: stream)
            return true
        } catch let error as MessagingError where error.code == .missing {
            return false
        }
    }

    /// Chooses a name that no stream has and no other host is about to use.
    private func chooseName(_ store: JournaledStore) async throws -> String {
        guard let position = store.position else { throw SnapshotProblem(description: "The journal has not begun.") }
        let last = SnapshotID(position.snapshot).flatMap { $0.epoch == position.epoch ? $0.number : nil } ?? 0
        for number in (last + 1)...(last + SnapshotID.mostAttempts) {
            let stream = stream(SnapshotID(epoch: position.epoch, number: number))
            if try await !exists(stream), try await store.announce(stream) { return stream }
        }
        guard store.isOwning else {
            throw SnapshotProblem(description: "Earlier attempts left streams that the owner has to remove.")
        }
        // Hosts that made them are gone, or will find that theirs is not what they wrote.
        let stream = stream(SnapshotID(epoch: position.epoch, number: last + SnapshotID.mostAttempts))
        await remove(stream)
        return stream
    }

    /// Makes a snapshot, and returns when it counts.
    ///
    /// - Parameter isOwning: whether this host owns the partition.
    func make(_ store: JournaledStore, isOwning: Bool) async throws {
        guard let path = try files.temporaryPath() else { return }
        let partition = around.journal.partition
        let started = ContinuousClock.now
        let stream = try await chooseName(store)
        // 1. Copies.
        let position = try await copy(store, to: path)
        defer { files.removeCopy(at: path) }
        guard let position else { throw SnapshotProblem(description: "The copy has no place in the journal.") }
        // 2 and 3. Writes the copy and reads it back.
        let transport = around.journal.transport
        let snapshot: JournalSnapshot
        do {
            snapshot = try await SnapshotUpload(stream: stream, transport: transport).send(
                try files.openCopy(at: path), at: position)
            if around.bug != .unreadSnapshot {
                try await SnapshotDownload(snapshot, of: around.journal, clock: around.clock).check()
            }
        } catch {
            await remove(stream)
            throw error
        }
        // 4. Appends. If that fails, it may count nevertheless: the stream stays.
        if isOwning {
            try await count(snapshot, in: store)
        } else if try await !store.offer(snapshot) {
            throw SnapshotProblem(description: "The partition's owner did not take it.")
        }
        around.logger.info(
            "A snapshot of a partition was made",
            metadata: [
                LogKey.partition: "\(partition)", LogKey.bytes: "\(snapshot.bytes)", LogKey.stream: "\(stream)",
                LogKey.offset: "\(position.offset)", LogKey.took: "\(ContinuousClock.now - started)",
            ])
    }

    private func copy(_ store: JournaledStore, to path: String) async throws -> JournalPosition? {
        // A simulation has nothing that blocks, and one thread.
        if around.journal.executor != nil { return try store.copy(to: path) }
        return try await BlockingWork.run("warren-copy-\(around.journal.partition)") { try store.copy(to: path) }
    }

    /// Makes a snapshot count.
    private func count(_ snapshot: JournalSnapshot, in store: JournaledStore) async throws {
        let earlier = store.position?.snapshot ?? ""
        try await store.append(.snapshot(snapshot))
        // 5. Removes earlier ones, beside the next snapshot: a journal that fills fast does not wait for that.
        guard let obsolete = SnapshotID(snapshot.stream)?.obsolete(since: SnapshotID(earlier)) else { return }
        let pause = around.clock.pause(of: Self.keptFor)
        Task(executorPreference: around.journal.executor) { [self] in
            do {
                try await pause()
            } catch {
                // Cancelled: the next snapshot removes them.
                return
            }
            for id in obsolete { await remove(stream(id)) }
        }
    }

    private func remove(_ stream: String) async {
        do {
            try await around.journal.transport.deleteQueue(stream)
        } catch {
            around.logger.notice(
                "A snapshot that is not needed any more stays in the broker",
                metadata: [LogKey.stream: "\(stream)", LogKey.reason: "\(error)"])
        }
    }
}
