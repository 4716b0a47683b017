package import Warren

/// What a partition has set aside because it could not be read.
package struct DamagedRowsReply: Sendable, Hashable, Codable {
    /// How many rows there are of each table of the partition's file.
    package var counts: [String: Int]
    /// The newest of them; a bounded number.
    package var rows: [Row]

    package struct Row: Sendable, Hashable, Codable {
        package var table: String
        /// The row's number in its table; for instances and histories the key of the instance.
        package var key: Int64
        /// The instance that it is about, if that is known.
        package var instanceID: String?
        package var reason: String
        package var setAsideAt: Timestamp

        package init(table: String, key: Int64, instanceID: String?, reason: String, setAsideAt: Timestamp) {
            self.table = table
            self.key = key
            self.instanceID = instanceID
            self.reason = reason
            self.setAsideAt = setAsideAt
        }
    }

    package init(counts: [String: Int], rows: [Row]) {
        self.counts = counts
        self.rows = rows
    }
}
