import Foundation
public import WarrenStorage

/// The place of a store that is to be made.
public struct StorePlace: Sendable {
    /// A folder, at first empty, which is removed after the check. Stores that are made for the same folder are the same
    /// partition: a store that outlives its process has in it what was committed there before.
    public let folder: String
    /// The journal that the partition is a copy of; `nil` for none.
    public let journal: JournalIdentity?
}

/// The stores of one check, and short words for what the suite does with them.
public struct StoreBench: Sendable {
    /// Makes a store: of the hub `test`, partition 0 of 4.
    public typealias Make = @Sendable (StorePlace) async throws -> any PartitionStore

    let make: Make
    let findings: ComplianceFindings

    /// Runs a part of a check with a new store, and closes it afterwards.
    func withStore(
        journal: JournalIdentity? = nil, _ body: (any PartitionStore) async throws -> Void
    ) async throws {
        try await withPlace(journal: journal) { place in
            let store = try await make(place)
            defer { store.close() }
            try await body(store)
        }
    }

    /// Runs a part of a check with a new folder.
    func withPlace(journal: JournalIdentity? = nil, _ body: (StorePlace) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-store-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(StorePlace(folder: folder, journal: journal))
    }

    func expect(
        _ holds: Bool, _ text: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
    ) {
        findings.expect(holds, text(), file: file, line: line)
    }

    func require<Value>(_ value: Value?, file: StaticString = #fileID, line: UInt = #line) throws -> Value {
        try findings.require(value, file: file, line: line)
    }
}
