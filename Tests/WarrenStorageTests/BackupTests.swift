import Foundation
import Logging
import TestSupport
import Testing
import Warren

@testable import WarrenStorage

/// A backup made as the catalog says.
@Suite("Backups", .timeLimit(.minutes(5)))
struct BackupTests {
    /// The commands of the catalog's page about operating, as they stand there.
    private func commands() throws -> String {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let page = try String(
            contentsOf: folder.appending(path: "Sources/Warren/Warren.docc/Operating.md"), encoding: .utf8)
        let block = page.components(separatedBy: "```sh\n").first { $0.contains("VACUUM INTO") }
        return try #require(block?.components(separatedBy: "```").first)
    }

    @Test("The documented commands make a backup that only its owner can read, and that a host can open")
    func documented() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "backup-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try SQLitePartitionStore.open(
            directory: folder.appending(path: "data").path, hub: "orders", partition: 0, partitionCount: 1,
            logger: logger)
        defer { store.close() }

        let script = "cd '\(folder.path)' && umask 022 && (\n\(try commands()))"
        let result = try await Program.run("bash", ["-euc", script])
        #expect(result.exitCode == 0, "\(result.errors)")
        func permissions(_ path: String) throws -> Int? {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)
            return (attributes[.posixPermissions] as? NSNumber)?.intValue
        }
        #expect(try permissions("backup/orders.partition.00.sqlite") == 0o600)
        #expect(try permissions("backup") == 0o700)
        let copy = try SQLitePartitionStore.open(
            directory: folder.appending(path: "backup").path, hub: "orders", partition: 0, partitionCount: 1,
            logger: logger)
        #expect(copy.identity.storeID == store.identity.storeID)
        copy.close()
    }
}
