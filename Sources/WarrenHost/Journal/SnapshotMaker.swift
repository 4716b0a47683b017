import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes snapshots of a partition's file, so that the broker may remove the beginning of its journal, and so that a host
/// without the file need not read all of it.
///
/// 1. Copy the file beside the partition's work. 2. Write the copy to a stream of its own. 3. Read it back. 4. Append to
/// the journal that it is complete. 5. When that counts, remove earlier snapshots, after a pause for those that are just
/// reading one.
///
/// The name of a stream has the epoch of the claim under which it was made and a number. An owner removes only its own
/// and those of earlier epochs, so that a host that was overtaken never removes what its successor relies on.
final class SnapshotMaker: Sendable {
    private struct State {
        var isMaking = false
        /// The number of the last stream of this claim.
        var number = 0
        /// The last attempt failed when the journal had this size.
        var failedAt: Int64?
    }

    private let files: any PartitionFiles
    private let names: TaskHubName
    private let partitionCount: Int
    private let around: JournaledStore.Surroundings
    private let state = Mutex(State())

    /// The time for which an earlier snapshot is kept when a newer one counts.
    private static let keptFor = Duration.seconds(60)
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
    func consider(_ store: JournaledStore, at position: JournalPosition) {
        let limit = Int64(around.journalBytes)
        let smallest = min(Self.smallest, limit / 8)
        guard position.unsavedBytes >= smallest else { return }
        let isDue = state.withLock { state in
            guard !state.isMaking else { return false }
            // After a failure another attempt is made when as much again was appended.
            if let failedAt = state.failedAt, position.bytes - failedAt < smallest / 4 { return false }
            state.isMaking = true
            return true
        }
        guard isDue else { return }
        // A copy costs as much as the file is large: a large file is copied less often.
        guard position.unsavedBytes >= min(store.fileBytes(), limit / 4) else {
            return state.withLock { $0.isMaking = false }
        }
        Task(executorPreference: around.journal.executor) { [self] in
            var failedAt: Int64?
            do {
                try await make(store, epoch: position.epoch)
            } catch {
                failedAt = position.bytes
                around.logger.warning(
                    "A snapshot was not made; it is tried again later",
                    metadata: ["partition": "\(around.journal.partition)", "reason": "\(error)"])
            }
            state.withLock { state in
                state.isMaking = false
                state.failedAt = failedAt
            }
        }
    }

    private func make(_ store: JournaledStore, epoch: UInt64) async throws {
        guard let path = try files.temporaryPath() else { return }
        let partition = around.journal.partition
        let started = ContinuousClock.now
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        // 1. Copies.
        let position = try await BlockingWork.run("warren-copy-\(partition)") { try store.copy(to: path) }
        defer { unlink(path) }
        guard let position else { throw SnapshotProblem(description: "The copy has no place in the journal.") }
        // 2 and 3. Writes the copy and reads it back.
        let id = SnapshotID(epoch: epoch, number: number)
        let stream = names.snapshotStream(partition, of: partitionCount, id: id.text)
        let transport = around.journal.transport
        let snapshot: JournalSnapshot
        do {
            snapshot = try await SnapshotUpload(stream: stream, transport: transport).send(path, at: position)
            try await SnapshotDownload(snapshot, transport: transport, clock: around.clock).check()
        } catch {
            await remove(stream)
            throw error
        }
        // 4. Appends. If that fails, it may count nevertheless: the stream stays.
        let earlier = store.position?.snapshot ?? ""
        try await store.append(.snapshot(snapshot))
        around.logger.info(
            "A snapshot of a partition was made",
            metadata: [
                "partition": "\(partition)", "bytes": "\(snapshot.bytes)", "stream": "\(stream)",
                "offset": "\(position.offset)", "took": "\(ContinuousClock.now - started)",
            ])
        // 5. Removes earlier ones, beside the next snapshot: a journal that fills fast does not wait for that.
        let obsolete = id.obsolete(since: SnapshotID(earlier))
        let pause = around.clock.pause(of: Self.keptFor)
        Task {
            do {
                try await pause()
            } catch {
                // Cancelled: the next snapshot removes them.
                return
            }
            for id in obsolete { await remove(names.snapshotStream(partition, of: partitionCount, id: id.text)) }
        }
    }

    private func remove(_ stream: String) async {
        do {
            try await around.journal.transport.deleteQueue(stream)
        } catch {
            around.logger.notice(
                "A snapshot that is not needed any more stays in the broker",
                metadata: ["stream": "\(stream)", "reason": "\(error)"])
        }
    }
}
