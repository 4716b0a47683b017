import Logging
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Opens the stores of partitions.
extension TaskHubHost {
    /// Opens the stores, all at once and each on a thread of its own, because a file that has to be checked takes long.
    ///
    /// - Returns: the open stores, and the reasons why others cannot be opened. A damaged file stops its partition, not
    ///   the host.
    func openStores(
        _ transport: any MessageTransport
    ) async throws -> (stores: [Int: any PartitionStore], damage: [Int: StorageError]) {
        // Not a dictionary of what the tasks return as tuples: Swift 6.3 with optimization makes wrong keys of it.
        let openings = await withTaskGroup(of: StoreOpening.self) { group in
            for number in 0..<configuration.partitionCount {
                group.addTask { await self.opening(number, transport) }
            }
            var openings: [StoreOpening] = []
            for await opening in group { openings.append(opening) }
            return openings.sorted { $0.number < $1.number }
        }
        var stores: [Int: any PartitionStore] = [:]
        var damage: [Int: StorageError] = [:]
        var refusal: HostError?
        for opening in openings {
            let number = opening.number
            switch opening.result {
            case .success(let store): stores[number] = store
            case .failure(let error):
                if let error = error as? StorageError, error.isDamage {
                    damage[number] = error
                } else {
                    refusal =
                        refusal ?? HostError(.storage, "Partition \(number) cannot be opened: \(error)", cause: error)
                }
            }
        }
        if stores.isEmpty, let (number, error) = damage.min(by: { $0.key < $1.key }) {
            refusal = refusal ?? HostError(.storage, "Partition \(number) cannot be opened: \(error)", cause: error)
        }
        if let refusal {
            for store in stores.values { store.close() }
            throw refusal
        }
        for (number, error) in damage.sorted(by: { $0.key < $1.key }) {
            guard error.code != .journal else {
                logger.critical(
                    "A partition's journal cannot be used; the partition is not started, the others are",
                    metadata: [LogKey.partition: "\(number)", LogKey.error: "\(error)"])
                continue
            }
            logger.critical(
                """
                A partition's file is damaged; the partition is not started, the others are. Stop the host, put a backup in \
                the place of the file, and start the host again; what is sent to the partition's instances waits in its \
                queues
                """,
                metadata: [LogKey.partition: "\(number)", LogKey.error: "\(error)", LogKey.file: "\(error.path ?? "")"])
        }
        return (stores, damage)
    }

    private func opening(_ number: Int, _ transport: any MessageTransport) async -> StoreOpening {
        do {
            return StoreOpening(number: number, result: .success(try await openStore(number, transport)))
        } catch {
            return StoreOpening(number: number, result: .failure(error))
        }
    }

    /// Makes sure that no file is older than what was acknowledged, and records their last commits from now on.
    func checkAge(of stores: [Int: any PartitionStore], _ record: FlightRecord) throws {
        let gaps = stores.sorted { $0.key < $1.key }.compactMap { number, store in
            CommitLedger(record: record, partition: number).gap(of: store)
        }
        if !gaps.isEmpty {
            guard configuration.storage.acceptOlder else { throw CommitGap.refusal(gaps) }
            for gap in gaps {
                logger.warning(
                    "The host goes on from an older state, as it was told",
                    metadata: [LogKey.missing: "\(gap.description)"])
            }
        }
        for (number, store) in stores { CommitLedger(record: record, partition: number).follow(store) }
    }

    /// Opens a partition's store: its file alone, or its file at its place in the partition's journal.
    func openStore(_ number: Int, _ transport: any MessageTransport) async throws -> any PartitionStore {
        if configuration.storage.durability == .journal { return try await openJournaledStore(number, transport) }
        let (environment, configuration, logger) = (environment, configuration, logger)
        return try await BlockingWork.run("warren-open-\(number)") {
            try environment.store(number, configuration, logger)
        }
    }

    func openJournaledStore(_ number: Int, _ transport: any MessageTransport) async throws -> JournaledStore {
        let count = configuration.partitionCount
        let journal = PartitionJournal(names, partition: number, of: count, on: transport)
        let owner = OwnerQueue(names, partition: number, of: count, on: transport, logger: logger)
        let opening = JournalOpening(
            files: environment.files(number, configuration, logger),
            around: JournaledStore.Surroundings(
                journal: journal, hostID: environment.hostID, clock: environment.clock, random: environment.random,
                doubtAfter: environment.doubtAfter, journalBytes: configuration.journal.size,
                logger: logger.with(LogKey.partition, "\(number)")),
            partition: number, partitionCount: count, recordedStore: { try await owner.owner()?.storeID }, names: names)
        return try await opening.open()
    }
}

/// The outcome of opening the store of a partition.
private struct StoreOpening: Sendable {
    var number: Int
    var result: Result<any PartitionStore, any Error>
}

extension Logger {
    func with(_ key: String, _ value: String) -> Logger {
        var logger = self
        logger[metadataKey: key] = "\(value)"
        return logger
    }
}
