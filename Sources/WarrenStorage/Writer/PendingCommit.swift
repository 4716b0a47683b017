import Warren

/// A commit on its way to the file.
struct PendingCommit: Sendable {
    var commit: PartitionCommit
    var completion: @Sendable (Result<Void, StorageError>) -> Void
}
