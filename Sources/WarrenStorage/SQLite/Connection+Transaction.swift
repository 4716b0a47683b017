import Warren

extension Connection {
    /// Takes the write lock at once, so that nothing between `BEGIN` and `COMMIT` can find the file busy.
    static let beginWriting = "BEGIN IMMEDIATE"
    static let commit = "COMMIT"

    /// Runs `body` in a write transaction: all of it is durable when this returns, or none of it is applied.
    func writeTransaction<Result>(
        _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try transaction(Self.beginWriting, body)
    }

    /// Runs `body` on one snapshot of the file.
    func readTransaction<Result>(
        _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try transaction("BEGIN", body)
    }

    private func transaction<Result>(
        _ begin: String, _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try transaction(
            begin: { () throws(StorageError) in try execute(begin) },
            commit: { () throws(StorageError) in try execute(Self.commit) }, body)
    }

    /// Runs `body` between `begin` and `commit`.
    func transaction<Result, Begun, Committed>(
        begin: () throws(StorageError) -> Begun, commit: () throws(StorageError) -> Committed,
        _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        _ = try begin()
        do throws(StorageError) {
            let result = try body()
            _ = try commit()
            return result
        } catch {
            try rollBack(because: error)
            throw error
        }
    }

    /// Some errors (a full disk, a failed write) have rolled back already; then there is nothing left to do.
    private func rollBack(because cause: StorageError) throws(StorageError) {
        guard !isAutocommit else { return }
        do throws(StorageError) {
            try execute("ROLLBACK")
        } catch {
            throw StorageError(
                cause.code, "\(cause.message); rolling back failed as well: \(error.message)", path: path)
        }
    }
}
