package import Warren

/// The state of a partition that people look after: the rows that it has set aside because they could not be read, and what
/// its host measures.
package struct DamagedRowsReply: Sendable, Hashable, Codable {
    /// The number of rows by table of the partition's file.
    package var counts: [String: Int]
    /// The newest of the rows; a bounded number.
    package var rows: [Row]
    /// The host's figures; hosts of earlier versions send none.
    package var figures: PartitionFigures?

    package struct Row: Sendable, Hashable, Codable {
        package var table: String
        /// The row's number in its table; for instances and histories the key of the instance.
        package var key: Int64
        /// The instance to which the row belongs, if that is known.
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

    package init(counts: [String: Int], rows: [Row], figures: PartitionFigures? = nil) {
        self.figures = figures
        self.counts = counts
        self.rows = rows
    }
}
