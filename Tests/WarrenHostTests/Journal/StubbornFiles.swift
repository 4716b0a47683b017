import Synchronization
import Warren
import WarrenStorage

@testable import WarrenHost

/// Files whose copies cannot be read for as long as a test wants.
final class StubbornFiles: Sendable {
    private let refuses = Atomic(true)
    private let refusals = Atomic(0)

    private let openings = Atomic(0)

    /// The number of copies that could not be read.
    var refused: Int { refusals.load(ordering: .relaxed) }
    /// The number of copies that could.
    var copies: Int { openings.load(ordering: .relaxed) }

    func giveIn() { refuses.store(false, ordering: .relaxed) }

    func around(_ files: any PartitionFiles) -> any PartitionFiles { Files(files: files, stubborn: self) }

    private func check() throws(StorageError) {
        guard refuses.load(ordering: .relaxed) else {
            openings.add(1, ordering: .relaxed)
            return
        }
        refusals.add(1, ordering: .relaxed)
        throw StorageError(.full, "The disk is full.")
    }

    private struct Files: PartitionFiles {
        let files: any PartitionFiles
        let stubborn: StubbornFiles

        func exists() throws -> Bool { try files.exists() }
        func open(_ identity: JournalIdentity?) throws -> any PartitionStore { try files.open(identity) }
        func replace(with path: String) throws { try files.replace(with: path) }
        func remove() throws { try files.remove() }
        func temporaryPath() throws -> String? { try files.temporaryPath() }
        func openCopy(at path: String) throws -> any CopiedFile {
            try stubborn.check()
            return try files.openCopy(at: path)
        }
    }
}
