/// What the host of a partition has measured of its work in the last one to two minutes, or since it started if that is
/// shorter.
package struct PartitionFigures: Sendable, Hashable, Codable {
    /// The length of the time that commits and turns are counted in, in seconds.
    package var seconds: Double
    /// The number of commits; one has the steps of several instances.
    package var commits: Int
    /// The time below which half of the commits became durable, in seconds, at most an eighth too high; `nil` without any.
    package var commitMedian: Double?
    /// The time below which 99 of 100 commits became durable, in seconds.
    package var commit99: Double?
    /// The number of turns of orchestrators.
    package var turns: Int
    /// The number of those turns that found their instance in memory, and did not replay it.
    package var turnsInMemory: Int
    /// The number of rows of messages that the broker has not confirmed, as of the last round of work.
    package var outboxRows: Int
    /// The age of the oldest of these rows, in seconds; `nil` without any.
    package var outboxOldest: Double?
    /// The number of inputs that waited in memory, as of the last round of work.
    package var mailbox: Int

    package init(
        seconds: Double, commits: Int, commitMedian: Double?, commit99: Double?, turns: Int, turnsInMemory: Int,
        outboxRows: Int, outboxOldest: Double?, mailbox: Int
    ) {
        self.seconds = seconds
        self.commits = commits
        self.commitMedian = commitMedian
        self.commit99 = commit99
        self.turns = turns
        self.turnsInMemory = turnsInMemory
        self.outboxRows = outboxRows
        self.outboxOldest = outboxOldest
        self.mailbox = mailbox
    }
}
