import Warren
import WarrenMessaging
import WarrenStorage

/// Makes the journal of a partition that has a file and no journal: genesis, claim, snapshot, release.
struct PartitionConversion: Sendable {
    /// What was made.
    struct Place: Sendable {
        var storeID: String
        /// The size of the snapshot.
        var bytes: Int64
    }

    private let conversion: HubConversion
    private let partition: HubExamination.Partition
    private let count: Int
    private let around: JournaledStore.Surroundings

    /// The time for which a new journal may give nothing back.
    private static let patience = Duration.seconds(20)

    /// - Parameter partition: its journal is declared and empty.
    init(_ conversion: HubConversion, _ partition: HubExamination.Partition, of count: Int) {
        self.conversion = conversion
        self.partition = partition
        self.count = count
        around = JournaledStore.Surroundings(
            journal: PartitionJournal(
                conversion.hub, partition: partition.number, of: count, on: conversion.transport),
            hostID: "\(HostName.current)/conversion", clock: SystemHostClock(), random: .system,
            doubtAfter: .seconds(2), journalBytes: conversion.journalBytes, logger: conversion.logger)
    }

    /// The stream of a conversion's snapshot: that of the first claim.
    static func snapshotStream(_ hub: TaskHubName, _ partition: Int, of count: Int) -> String {
        hub.snapshotStream(partition, of: count, id: SnapshotID(epoch: 1, number: 1).text)
    }

    /// Begins the journal with the secret of the file: the results of work under way have to stay valid.
    ///
    /// - Returns: the position behind the beginning.
    func begin() async throws -> JournalPosition {
        let random = around.random
        let genesis = JournalRecord(
            journalID: UInt128(random.next()) << 64 | UInt128(random.next()), epoch: 0, claim: 0, seq: 0,
            at: around.clock.now,
            content: .genesis(
                JournalGenesis(
                    partition: partition.number, partitionCount: count, schema: SQLitePartitionStore.schemaVersion,
                    secret: partition.store.identity.secret.bytes, continuesFile: true)))
        var scan = JournalScan(
            try await around.journal.tail(from: .first), clock: around.clock, patience: Self.patience)
        defer { scan.close() }
        try await scan.readGenesis(by: around.journal, genesis)
        guard let position = scan.beginning?.position, position.journalID == genesis.journalID else {
            throw StorageError(
                .journal, "Somebody else writes to the journal. Stop all hosts of the hub.",
                path: around.journal.stream)
        }
        return position
    }

    /// Makes a copy of the file that knows its place in the journal, and appends that there is a snapshot of it.
    func save(at position: JournalPosition) async throws -> Place {
        let scratch = SQLitePartitionFiles(
            directory: conversion.scratch, hub: conversion.hub.text, partition: partition.number,
            partitionCount: count, logger: conversion.logger)
        let local = partition.store
        try await BlockingWork.run("warren-copy-\(partition.number)") {
            guard let path = try scratch.temporaryPath() else { return }
            _ = try local.copy(to: path)
            try SQLitePartitionStore.adopt(copy: path, at: position)
            try scratch.replace(with: path)
        }
        let opening = JournalOpening(
            files: scratch, around: around, partition: partition.number, partitionCount: count,
            recordedStore: { nil }, names: conversion.hub)
        let store = try await opening.open()
        do {
            let place = try await save(store, scratch)
            try await BlockingWork.run("warren-close-\(partition.number)") { store.close() }
            return place
        } catch {
            store.close()
            throw error
        }
    }

    private func save(_ store: JournaledStore, _ scratch: SQLitePartitionFiles) async throws -> Place {
        try await store.begin()
        let snapshots = SnapshotMaker(
            files: scratch, names: conversion.hub, partitionCount: count, around)
        try await snapshots.make(store, isOwning: true)
        // Any host may have the partition next.
        store.release(to: "")
        await store.finish()
        guard let end = store.position, end.isReleased, !end.snapshot.isEmpty, store.failure == nil else {
            throw store.failure
                ?? StorageError(
                    .unconfirmed, "The journal did not give back the end of the conversion.",
                    path: around.journal.stream)
        }
        return Place(storeID: store.identity.storeID, bytes: store.fileBytes())
    }
}
