public import Warren

/// The progress of a partition: counts its commits, so that an older state of its file can be told from a newer one.
public struct CommitMark: Sendable, Hashable {
    /// The number of commits of the file. Opening it does not count: a file that is refused for its age must stay as
    /// old as it is.
    public var number: Int64
    /// The time of the last commit.
    public var time: Timestamp

    /// The progress of a partition.
    public init(number: Int64, time: Timestamp) {
        self.number = number
        self.time = time
    }
}
