import Warren

extension Connection {
    /// Runs `body` in a write transaction: all of it is durable when this returns, or none of it is applied.
    ///
    /// `IMMEDIATE` takes the write lock at once, so that nothing between `BEGIN` and `COMMIT` can find the file busy.
    func writeTransaction<Result>(
        _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try transaction("BEGIN IMMEDIATE", body)
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
        try execute(begin)
        do throws(StorageError) {
            let result = try body()
            try execute("COMMIT")
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
