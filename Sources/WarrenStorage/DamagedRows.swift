public import Warren

/// The rows that a partition has set aside, for people.
public struct DamagedRows: Sendable, Hashable {
    /// The number of rows of each table, by the table's name.
    public var counts: [String: Int] = [:]
    /// The newest rows.
    public var rows: [Kept] = []

    /// The rows of a partition in which nothing was set aside.
    public init() {}

    /// One of the rows.
    public struct Kept: Sendable, Hashable {
        /// The name of the table.
        public var table: String
        /// The row's number in that table, as in ``DamagedRow/key``.
        public var key: Int64
        /// The instance that the row belongs to, where the row's number determines it.
        public var instanceID: String?
        /// The fault, for people.
        public var reason: String
        /// The time at which it was set aside.
        public var setAsideAt: Timestamp

        /// A row that was set aside.
        public init(table: String, key: Int64, instanceID: String? = nil, reason: String, setAsideAt: Timestamp) {
            self.table = table
            self.key = key
            self.instanceID = instanceID
            self.reason = reason
            self.setAsideAt = setAsideAt
        }
    }
}
