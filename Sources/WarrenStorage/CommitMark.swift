package import Warren

/// How far a partition has come: counts its commits, so that an older state of its file is told from a newer one.
package struct CommitMark: Sendable, Hashable {
    /// How many commits the file has had. Opening it is none: a file that is refused for its age must stay as old as it is.
    package var number: Int64
    /// When the last one was made.
    package var time: Timestamp

    package init(number: Int64, time: Timestamp) {
        self.number = number
        self.time = time
    }
}
