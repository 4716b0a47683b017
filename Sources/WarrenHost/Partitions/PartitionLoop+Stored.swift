import WarrenPartition

/// Does work that waited until the store has the whole history of its instance.
extension PartitionLoop {
    /// Whether such work can be done now. If there is some that cannot, the next commit that becomes durable wakes the
    /// loop.
    func hasStored() -> Bool {
        guard machine.awaitsCommits else { return false }
        release.await()
        // A step may have become durable just before that.
        conclude()
        guard machine.hasFindings else { return false }
        release.awaitNoMore()
        return true
    }
}
