package import Warren
package import WarrenStorage

extension PartitionStore {
    /// Everything that is not confirmed.
    package var outbox: [OutboxRow] {
        get throws { try outbox(after: 0, most: .max, bytes: .max) }
    }

    /// Commits and waits until it is durable.
    package func write(_ change: (inout PartitionCommit) -> Void) async throws {
        var commit = PartitionCommit()
        change(&commit)
        try await outcome(of: commit).get()
    }

    /// Commits and waits for the outcome.
    package func outcome(of commit: PartitionCommit) async throws -> Result<Void, StorageError> {
        try await firstCall("the outcome of a commit") { tell in self.commit(commit, completion: tell) }
    }

    /// Applies a record of the journal and waits for the outcome.
    package func outcome(of commits: [PartitionCommit], at position: JournalPosition) async throws -> Result<
        Void, StorageError
    > {
        try await firstCall("the outcome of a record") { tell in self.apply(commits, at: position, completion: tell) }
    }

    /// The code of the failure of a commit, `nil` for success.
    package func failure(_ change: (inout PartitionCommit) -> Void) async throws -> StorageError.Code? {
        var commit = PartitionCommit()
        change(&commit)
        if case .failure(let error) = try await outcome(of: commit) { return error.code }
        return nil
    }
}

extension Result where Failure == StorageError {
    /// The code of the failure; `nil` for success.
    package var code: StorageError.Code? {
        if case .failure(let error) = self { return error.code }
        return nil
    }
}
