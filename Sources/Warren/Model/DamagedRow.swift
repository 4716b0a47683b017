/// A row that is not what was written. It is kept, out of the way, for people.
package struct DamagedRow: Sendable, Hashable {
    /// Where rows are that can be set aside.
    package enum Table: String, Sendable, Hashable {
        case instances, history, timers, leases, outbox, held
    }

    package var table: Table
    /// The row's number in its table; for instances and histories the key of the instance.
    package var key: Int64
    /// What is wrong with it, for people.
    package var reason: String

    package init(_ table: Table, key: Int64, reason: String) {
        self.table = table
        self.key = key
        self.reason = reason
    }
}
