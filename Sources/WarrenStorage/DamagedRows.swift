package import Warren

/// The rows that a partition has set aside, for people to look at.
package struct DamagedRows: Sendable, Hashable {
    /// How many there are of each table, by the table's name.
    package var counts: [String: Int] = [:]
    /// The newest ones.
    package var rows: [Kept] = []

    /// One of them.
    package struct Kept: Sendable, Hashable {
        package var table: String
        package var key: Int64
        /// The instance that it is about, where the row's number tells.
        package var instanceID: String?
        package var reason: String
        package var setAsideAt: Timestamp
    }
}
