/// Whether a partition takes new work, by how much of what it sent is not confirmed. Pure.
///
/// With a limit of 10,000 rows, starts, events and control messages from outside wait in their queue from 5,000 on, and
/// timers from 10,000 on; they go on at half of that, so that the partition does not waver. Results of activities and
/// messages between instances are always taken: they end work that is under way, and there are no more of them than work
/// that was sent. Holding them back could lock two partitions that wait for each other.
struct OutboxGate {
    private let limit: Int
    private var rows = 0
    /// Whether starts, events and control messages from outside are taken.
    private(set) var takesIntake = true
    /// Whether timers fire.
    private(set) var firesTimers = true

    /// - Parameter limit: how many rows there may be.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many rows are not confirmed.
    var count: Int { rows }

    /// Rows were written.
    mutating func add(_ count: Int) {
        rows += count
        if rows >= max(1, limit / 2) { takesIntake = false }
        if rows >= limit { firesTimers = false }
    }

    /// Rows were confirmed.
    mutating func remove(_ count: Int) {
        rows -= count
        if rows <= limit / 4 { takesIntake = true }
        if rows <= limit / 2 { firesTimers = true }
    }
}
