import Logging
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Opens a partition's store at its place in the partition's journal.
///
/// 1. Open the file that exists; without one, or if the journal was cut behind it, make one from the newest snapshot, or
///    from the beginning of the journal.
/// 2. Read the journal from the record that the file applied last, and check that it is that record: the broker silently
///    begins elsewhere when it does not have it.
/// 3. Follow the journal. The owner claims the partition later (`JournaledStore.begin`).
struct JournalOpening: Sendable {
    var files: any PartitionFiles
    var around: JournaledStore.Surroundings
    /// The partition and the number of partitions, for a journal that begins.
    var partition: Int
    var partitionCount: Int
    /// Returns the store to which the partition belongs according to the broker, if it belongs to one.
    var recordedStore: @Sendable () async throws -> String?
    var names: TaskHubName

    /// The time to wait for records that the broker must have.
    private static let patience = Duration.seconds(2)
    /// The time to wait for a broker that was asked for all of a journal.
    private static let scanPatience = Duration.seconds(20)
    /// The number of snapshots to try.
    private static let mostSnapshots = 8
    /// The number of times to begin anew because the journal was cut while it was read.
    private static let mostScans = 3

    private var journal: PartitionJournal { around.journal }

    /// - Throws: `StorageError` with code `journal` when the journal and the file do not belong together, or when the
    ///   journal is incomplete; the message says what to do.
    func open() async throws -> JournaledStore {
        if let store = try await existing() {
            if let position = store.journalPosition {
                do {
                    if let tail = try await join(at: position) { return follow(store, at: position, tail) }
                } catch {
                    store.close()
                    throw error
                }
                around.logger.notice(
                    "The journal was cut behind a partition's file; the file is made anew from a snapshot",
                    metadata: [LogKey.partition: "\(partition)", LogKey.applied: "\(position.offset)"])
            }
            // Nothing of the journal is in the file: its process ended just after it was created.
            store.close()
        }
        return try await rebuild()
    }

    /// Opens the file that exists. A damaged one is as good as none: the journal has everything that was in it.
    private func existing() async throws -> (any PartitionStore)? {
        guard try await blocking({ try files.exists() }) else { return nil }
        do {
            return try await blocking { try files.open(nil) }
        } catch let error as StorageError where error.code == .corrupt {
            around.logger.error(
                "A partition's file is damaged; it is made anew from the journal",
                metadata: [LogKey.partition: "\(partition)", LogKey.error: "\(error)"])
            try await blocking { try files.remove() }
            return nil
        }
    }

    private func follow(
        _ store: any PartitionStore, at position: JournalPosition, _ tail: JournalTail
    ) -> JournaledStore {
        let snapshots = SnapshotMaker(files: files, names: names, partitionCount: partitionCount, around)
        let store = JournaledStore(
            store, at: position, tail: tail, files: files, snapshots: snapshots, around)
        store.follow()
        return store
    }

    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        // A simulation has nothing that blocks, and one thread.
        if journal.executor != nil { return try body() }
        return try await BlockingWork.run("warren-open-\(partition)", body)
    }

    // MARK: Joining

    /// Reads the journal from a position on.
    ///
    /// - Returns: `nil` if the journal was cut behind the position.
    /// - Throws: `StorageError` if the journal does not have the record that was applied last.
    func join(at position: JournalPosition) async throws -> JournalTail? {
        do {
            return try await join(at: position, within: Self.patience)
        } catch is Silence {
            // A broker that is busy, or has just lost a node.
            do {
                return try await join(at: position, within: Self.scanPatience)
            } catch is Silence {
                throw StorageError(
                    .io, "The journal gave nothing within \(Self.scanPatience). Look at the broker.",
                    path: journal.stream)
            }
        }
    }

    /// Reports that a journal gives nothing, although it goes on behind the place.
    private struct Silence: Error {}

    private func join(at position: JournalPosition, within patience: Duration) async throws -> JournalTail? {
        let place = position.offset - 1
        var tail = try await journal.tail(from: .offset(place))
        do {
            guard let entries = try await tail.read(within: patience, on: around.clock), let first = entries.first
            else {
                // The broker waits silently for an offset that it does not have yet.
                let end = try await endOfJournal()
                guard end < position.offset else { throw Silence() }
                throw StorageError(
                    .journal,
                    "The journal ends at \(end), but this host's file has applied it up to \(position.offset): the broker "
                        + "lost records that it had given out, or the journal was made anew. Nothing was changed. Keep "
                        + "the file: it has what the journal lacks. Stop all hosts, and 'warren hub reseed' makes "
                        + "another journal from it.", path: journal.stream)
            }
            if first.offset > place {
                await tail.subscription.close()
                return nil
            }
            guard let record = first.record, position.follows(record, at: first.offset) else {
                throw StorageError(
                    .journal,
                    "The journal has another record at \(place) than the one that this host's file applied: it is another "
                        + "journal, or the broker lost records that it had given out. Nothing was changed. Start with "
                        + "the data directory of this hub; if the journal was made anew, keep the file: it has what the "
                        + "journal lacks, and 'warren hub reseed' makes another journal from it.", path: journal.stream)
            }
            tail.putBack(entries.dropFirst())
            return tail
        } catch {
            await tail.subscription.close()
            throw error
        }
    }

    /// Finds the end of the journal: appends bytes that every reader skips, and reads up to them.
    private func endOfJournal() async throws -> Int64 {
        let tail = try await journal.tail(from: .next)
        var scan = JournalScan(tail, clock: around.clock, patience: Self.scanPatience)
        defer { scan.close() }
        return try await scan.readToMark(by: journal, around.random)
    }

    // MARK: Rebuilding

    private func rebuild() async throws -> JournaledStore {
        for _ in 1..<Self.mostScans {
            do {
                return try await rebuildOnce()
            } catch is CutWhileRead {
                // An owner that writes much made another snapshot meanwhile, and the next scan finds it.
                around.logger.notice(
                    "The journal was cut while it was read; it is read again",
                    metadata: [LogKey.partition: "\(partition)", LogKey.stream: "\(journal.stream)"])
            }
        }
        do {
            return try await rebuildOnce()
        } catch is CutWhileRead {
            throw lacksBeginning
        }
    }

    /// Reports that the beginning, or the snapshot, from which a file was made is in the journal no more.
    private struct CutWhileRead: Error {}

    private var lacksBeginning: StorageError {
        StorageError(
            .journal,
            "The journal was cut, and there is no snapshot from which to begin. Start the host whose data directory "
                + "has the newest file of partition \(partition): it makes a snapshot. Remove policies that lower "
                + "'max-length-bytes' of \(journal.stream).", path: journal.stream)
    }

    /// - Throws: `CutWhileRead`, apart from `StorageError`.
    private func rebuildOnce() async throws -> JournaledStore {
        var scan = JournalScan(
            try await journal.tail(from: .first), clock: around.clock, patience: Self.scanPatience)
        defer { scan.close() }
        _ = try await scan.readToMark(by: journal, around.random)
        if scan.isEmpty { try await checkNew(&scan) }
        if scan.isEmpty { try await scan.readGenesis(by: journal, genesis()) }
        var refused: StorageError?
        if let store = try await fromSnapshot(scan.snapshots, &refused) { return store }
        guard let (genesis, position) = scan.beginning else {
            throw refused ?? lacksBeginning
        }
        guard genesis.partition == partition, genesis.partitionCount == partitionCount else {
            throw StorageError(
                .journal,
                "The journal is that of partition \(genesis.partition) of \(genesis.partitionCount), not "
                    + "\(partition) of \(partitionCount).", path: journal.stream)
        }
        guard !genesis.continuesFile else {
            throw StorageError(
                .journal,
                "The journal continues the file that partition \(partition) had before the hub got journals, and no snapshot "
                    + "of it can be read. Start this host again when the broker is well, or start the host whose data "
                    + "directory has a file of the partition: it makes a snapshot.", path: journal.stream)
        }
        let identity = JournalIdentity(id: position.journalID, secret: genesis.secret)
        let store = try await blocking { () throws -> any PartitionStore in
            if try files.exists() { try files.remove() }
            return try files.open(identity)
        }
        do {
            let applied = OneShot<Result<Void, StorageError>>()
            store.apply([], at: position) { applied.set($0) }
            try await applied.value.get()
            guard let tail = try await join(at: position) else { throw CutWhileRead() }
            return follow(store, at: position, tail)
        } catch {
            store.close()
            throw error
        }
    }

    /// Makes sure that an empty journal is that of a new hub.
    private func checkNew(_ scan: inout JournalScan) async throws {
        guard let recorded = try await recordedStore() else { return }
        // Another host may have begun the journal since it was found empty: its first record precedes its name.
        _ = try await scan.readToMark(by: journal, around.random)
        guard scan.isEmpty else { return }
        throw StorageError(
            .journal,
            "The journal is empty, but partition \(partition) belongs to the store \(recorded): the journal was deleted "
                + "and made anew. Nothing was changed. \(PartitionJournal.lossRemedy)", path: journal.stream)
    }

    private func genesis() -> JournalRecord {
        let random = around.random
        let id = UInt128(random.next()) << 64 | UInt128(random.next())
        let genesis = JournalGenesis(
            partition: partition, partitionCount: partitionCount, schema: SQLitePartitionStore.schemaVersion,
            secret: around.makeSecret().bytes)
        return JournalRecord(
            journalID: id, epoch: 0, claim: 0, seq: 0, at: around.clock.now, content: .genesis(genesis))
    }

    /// Makes the file from the newest snapshot that is complete, whole, and of a schema that this version knows.
    ///
    /// - Parameter refused: why a file that was made from one cannot be used, if none can.
    /// - Throws: `CutWhileRead` if the journal has been cut behind those that could be used, apart from `StorageError`.
    private func fromSnapshot(
        _ snapshots: [JournalSnapshot], _ refused: inout StorageError?
    ) async throws -> JournaledStore? {
        guard let path = try files.temporaryPath() else { return nil }
        var wasCut = false
        for snapshot in snapshots.suffix(Self.mostSnapshots).reversed() {
            let store: any PartitionStore
            do {
                try await SnapshotDownload(snapshot, of: journal, clock: around.clock)
                    .write(to: try files.createCopy(at: path))
                store = try await blocking { () throws -> any PartitionStore in try replace(with: path) }
            } catch let error as SnapshotProblem {
                note(snapshot, "\(error)")
                continue
            } catch let error as StorageError where error.code == .newerSchema {
                note(snapshot, error.message)
                refused = error
                continue
            } catch let error as StorageError where error.code == .corrupt {
                // The copy is that of a damaged file, or the disk damaged it.
                around.logger.error(
                    "A file that was made from a snapshot is damaged",
                    metadata: [
                        LogKey.stream: "\(snapshot.stream)", LogKey.error: "\(error)",
                        LogKey.partition: "\(partition)",
                    ])
                // Another attempt may find the disk in a better state.
                refused =
                    refused
                    ?? StorageError(
                        .io, "A file that was made from a snapshot is damaged: \(error.message)", path: error.path)
                continue
            }
            do {
                if let position = store.journalPosition, let tail = try await join(at: position) {
                    return follow(store, at: position, tail)
                }
                wasCut = true
                store.close()
            } catch {
                store.close()
                throw error
            }
        }
        if wasCut { throw CutWhileRead() }
        return nil
    }

    /// Puts a copy in the place of the file, and opens it. One that a newer version made, or that is damaged, is removed again:
    /// it would keep this host from every later start.
    private func replace(with path: String) throws -> any PartitionStore {
        try files.replace(with: path)
        do {
            return try files.open(nil)
        } catch let error as StorageError where error.code == .newerSchema || error.code == .corrupt {
            try files.remove()
            throw error
        }
    }

    private func note(_ snapshot: JournalSnapshot, _ reason: String) {
        around.logger.notice(
            "A snapshot cannot be used",
            metadata: [
                LogKey.stream: "\(snapshot.stream)", LogKey.reason: "\(reason)", LogKey.partition: "\(partition)",
            ])
    }
}
