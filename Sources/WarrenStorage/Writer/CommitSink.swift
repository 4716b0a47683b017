import Warren

/// The target of the writer thread's writes. All calls are made on that thread.
protocol CommitSink: AnyObject, Sendable {
    /// Makes the commits durable together, in order, or throws and leaves none of them applied.
    func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError)

    /// Called after completions ran, and after a pause without commits.
    ///
    /// - Parameters:
    ///   - isIdle: whether no commit waits to be written.
    ///   - isRested: whether no commit arrived during the requested pause.
    /// - Returns: the milliseconds without work after which to call again; `nil` for never.
    func maintain(isIdle: Bool, isRested: Bool) -> Int?

    /// Called once, after the last commit.
    ///
    /// - Parameter failure: the reason why commits stopped, if one failed.
    func finish(failure: StorageError?)
}
