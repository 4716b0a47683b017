import Warren

/// Stores and messages that fail at the operation that a test names.
extension TestHub {
    /// Lets the store of a partition fail at one of the commits that are to come. Nothing of the commit is written; the
    /// partition stops, and opens its store again after a pause. What was committed before is there, and what was not
    /// acknowledged is taken again. The clock moves past the pause by itself: two seconds at the most.
    ///
    /// Commits are counted over all partitions of the hub; steps that are ready together are one commit. Results must not
    /// depend on which one fails, so a strong test tries several:
    ///
    /// ```swift
    /// @Test("A full disk loses no order", arguments: 1...8)
    /// func fullDisk(commit: Int) async throws {
    ///     try await withTaskHub { hub in
    ///         registerOrders(with: hub)
    ///         hub.failStore(atCommit: commit)
    ///         …
    /// ```
    ///
    /// - Parameter number: 1 for the next commit.
    public func failStore(atCommit number: Int) {
        commitFaults.plant(StorageError(.io, "A test let the commit fail."), in: number)
    }

    /// Lets one of the messages that are to come from the host go wrong: work items, results, lines of the console, and
    /// whatever else it sends. It is sent again after a pause, past which the clock moves by itself.
    ///
    /// - Parameters:
    ///   - number: 1 for the next message.
    ///   - fault: ``MessageFault/lost`` or ``MessageFault/confirmationLost``.
    public func failTransport(atMessage number: Int, with fault: MessageFault = .lost) {
        messageFaults.plant(fault, in: number)
    }
}
