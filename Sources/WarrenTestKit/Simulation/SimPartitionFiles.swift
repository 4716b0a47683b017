import Warren
import WarrenHost
import WarrenStorage

/// The place of one process's file of a partition with a journal.
struct SimPartitionFiles: PartitionFiles {
    let disk: SimDisk
    let hub: String
    let partitionCount: Int
    let life: SimLife
    let kill: @Sendable () -> Void
    /// A switch for a planted bug.
    let losesTimer: Bool
    /// Keeps copies; `nil` in a run without snapshots.
    let copies: SimCopies?

    func exists() throws -> Bool {
        try checkLife()
        return disk.journal != nil
    }

    func open(_ identity: JournalIdentity?) throws -> any PartitionStore {
        try checkLife()
        if disk.faults.strikes(.openFails, of: disk.entity) != nil { throw StorageError(.io, "The disk failed.") }
        if let identity, disk.journal == nil { disk.journal = identity }
        guard let journal = disk.journal else { throw StorageError(.io, "There is no file.") }
        if identity == nil, disk.faults.strikes(.fileDamaged, of: disk.entity) != nil {
            throw StorageError(.corrupt, "The file is damaged.")
        }
        if let identity, identity.id != journal.id {
            throw StorageError(.foreignFile, "The file holds another journal.")
        }
        let store = SimStore(disk, hub: hub, partitionCount: partitionCount, life: life, kill: kill)
        store.losesTimer = losesTimer
        store.copies = copies
        return store
    }

    func replace(with path: String) throws {
        try checkLife()
        try copies?.restore(disk, from: path)
    }

    func remove() throws {
        try checkLife()
        disk.lose()
    }

    func temporaryPath() -> String? { copies == nil ? nil : "copy of \(disk.entity)" }

    func openCopy(at path: String) throws -> any CopiedFile { try copiedFile(at: path, isNew: false) }
    func createCopy(at path: String) throws -> any CopiedFile { try copiedFile(at: path, isNew: true) }
    func removeCopy(at path: String) { copies?.remove(path) }

    private func copiedFile(at path: String, isNew: Bool) throws -> SimCopiedFile {
        try checkLife()
        guard let copies else { throw StorageError(.misuse, "There are no copies in this run.") }
        return SimCopiedFile(path, copies, isNew: isNew)
    }

    private func checkLife() throws {
        if life.isOver { throw StorageError(.closed, "The process is dead.") }
    }
}
