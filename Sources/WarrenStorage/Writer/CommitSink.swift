import Warren

/// What the writer thread writes to. All calls come from that thread.
protocol CommitSink: AnyObject, Sendable {
    /// Makes the commits durable together, in order, or throws and leaves nothing of them.
    func apply(_ group: ArraySlice<PendingCommit>) throws(StorageError)

    /// Called after completions ran, and when nothing came for a while.
    ///
    /// - Parameters:
    ///   - isIdle: whether nothing is waiting to be written.
    ///   - isRested: whether nothing came during the pause that was asked for.
    /// - Returns: after how many milliseconds without work to call again; `nil` for never.
    func maintain(isIdle: Bool, isRested: Bool) -> Int?

    /// Called once, after the last commit.
    ///
    /// - Parameter failure: why commits stopped, if one failed.
    func finish(failure: StorageError?)
}
