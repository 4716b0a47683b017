import Logging
import WarrenStorage
import WarrenTestKit

/// The implementations that keep one contract.
enum StoreKind: CaseIterable {
    case sqlite
    case memory

    /// Makes a store for a check of the compliance suite.
    var make: StoreBench.Make {
        { place in
            switch self {
            case .sqlite:
                try openStore(
                    in: place.folder, journal: place.journal.map { .create($0) } ?? .none)
            case .memory: try InMemoryPartitionStore(hub: "test", partitionCount: 4, journal: place.journal)
            }
        }
    }
}

/// Runs a test on a new store of a kind and closes it afterwards.
func withStore(_ kind: StoreKind, _ body: (any PartitionStore) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let store: any PartitionStore =
        switch kind {
        case .sqlite: try openStore(in: directory.path)
        case .memory: try InMemoryPartitionStore()
        }
    defer { store.close() }
    try await body(store)
}

/// Opens the one partition of hub `test`.
func openStore(
    in directory: String, hub: String = "test", partition: Int = 0, partitionCount: Int = 4, pageLimit: Int? = nil,
    journal: JournalMode = .none
) throws -> SQLitePartitionStore {
    try SQLitePartitionStore.open(
        directory: directory, hub: hub, partition: partition, partitionCount: partitionCount,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), pageLimit: pageLimit,
        journal: journal)
}
