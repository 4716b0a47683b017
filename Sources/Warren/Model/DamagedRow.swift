/// A row that differs from what was written. It is moved to a table of its own, for people.
package struct DamagedRow: Sendable, Hashable {
    /// The tables of rows that can be set aside.
    package enum Table: String, Sendable, Hashable {
        case instances, history, timers, leases, outbox, held
    }

    package var table: Table
    /// The row's number in its table; for instances and histories the key of the instance.
    package var key: Int64
    /// The fault, for people.
    package var reason: String

    package init(_ table: Table, key: Int64, reason: String) {
        self.table = table
        self.key = key
        self.reason = reason
    }
}
