import Warren

/// Commits on their way to the file, which are applied together: one commit, or those of a record of the journal.
struct PendingCommit: Sendable {
    var commits: [PartitionCommit]
    /// The position of the journal's record, applied with the commits.
    var position: JournalPosition?
    var completion: @Sendable (Result<Void, StorageError>) -> Void

    init(
        commits: [PartitionCommit], position: JournalPosition? = nil,
        completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        self.commits = commits
        self.position = position
        self.completion = completion
    }

    /// Whether there is nothing to write.
    var isEmpty: Bool { position == nil && commits.allSatisfy(\.isEmpty) }

    /// The approximate size in bytes.
    var approximateSize: Int { commits.reduce(0) { $0 + $1.approximateSize } }
}
