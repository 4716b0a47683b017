package import Warren
import WarrenSupport

/// Which store a partition belongs to, and where that was when it was last opened.
package struct OwnerRecord: Sendable, Hashable, CustomStringConvertible {
    /// The ID that the store was given when it was made.
    package var storeID: String
    /// The machine.
    package var host: String
    /// The process on that machine.
    package var process: Int
    /// Where the file lies; `nil` for a store in memory, which ends with its process.
    package var dataDirectory: String?
    /// When the host last started or connected.
    package var since: Timestamp
    /// How many commits the store had when the record was written, and when the last one was made; `nil` if it counts none.
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

    /// Whether nothing is left of the store once its host is gone.
    package var isVolatile: Bool { dataDirectory == nil }

    /// Who it is, for people.
    package var description: String {
        let place = dataDirectory.map { "data directory '\($0)'" } ?? "history in memory"
        return "host '\(host)', \(place), process \(process), since \(ISO8601.text(since))"
    }
}
