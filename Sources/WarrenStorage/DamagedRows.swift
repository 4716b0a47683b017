package import Warren

/// The rows that a partition has set aside, for people.
package struct DamagedRows: Sendable, Hashable {
    /// The number of rows of each table, by the table's name.
    package var counts: [String: Int] = [:]
    /// The newest rows.
    package var rows: [Kept] = []

    /// One of the rows.
    package struct Kept: Sendable, Hashable {
        package var table: String
        package var key: Int64
        /// The instance that the row belongs to, where the row's number determines it.
        package var instanceID: String?
        package var reason: String
        package var setAsideAt: Timestamp
    }
}
