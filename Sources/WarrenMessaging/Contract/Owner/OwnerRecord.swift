package import Warren
import WarrenSupport

/// The store that a partition belongs to, and its place when it was last opened.
package struct OwnerRecord: Sendable, Hashable, CustomStringConvertible {
    /// The ID that the store was given when it was created.
    package var storeID: String
    /// The machine.
    package var host: String
    /// The process on that machine.
    package var process: Int
    /// The path of the file's directory; `nil` for a store in memory, which ends with its process.
    package var dataDirectory: String?
    /// The time at which the host last started or connected.
    package var since: Timestamp
    /// The number of commits of the store when the record was written, and the time of the last one; `nil` if it counts
    /// none.
    package var commits: Int64?
    package var committedAt: Timestamp?

    package init(
        storeID: String, host: String, process: Int, dataDirectory: String?, since: Timestamp, commits: Int64? = nil,
        committedAt: Timestamp? = nil
    ) {
        self.commits = commits
        self.committedAt = committedAt
        self.storeID = storeID
        self.host = host
        self.process = process
        self.dataDirectory = dataDirectory
        self.since = since
    }

    /// Whether the store ends with its host.
    package var isVolatile: Bool { dataDirectory == nil }

    /// The owner, for people.
    package var description: String {
        let place = dataDirectory.map { "data directory '\($0)'" } ?? "history in memory"
        return "host '\(host)', \(place), process \(process), since \(ISO8601.text(since))"
    }
}
