/// Whether a partition takes new work, decided by how much of what it sent is not confirmed. Pure.
///
/// With a limit of 10,000 rows, starts, events and control messages from outside wait in their queue from 5,000 on, and
/// timers from 10,000 on; they resume at half of these numbers, so that the partition does not waver. Results of
/// activities and messages between instances are always taken: they end work that is under way, and there are no more
/// of them than work that was sent. Holding them back could lock two partitions that wait for each other.
///
/// Rows that wait for a destination that accepts nothing are counted apart: they hold up nothing else, until there are
/// a hundred times as many as the limit.
package struct OutboxGate {
    private let limit: Int
    /// The number of rows that are not confirmed, whatever they wait for.
    package private(set) var rows = 0
    private var parked = 0
    /// Whether starts, events and control messages from outside are taken.
    package private(set) var takesIntake = true
    /// Whether timers fire.
    package private(set) var firesTimers = true

    /// - Parameter limit: the number of rows that there may be.
    package init(limit: Int) {
        self.limit = limit
    }

    /// The number of rows that are not confirmed and wait for nothing but that.
    package var count: Int {
        // A limit below the smallest that can be configured leaves no room for waiting rows, whatever they wait for.
        let (bound, overflows) = limit.multipliedReportingOverflow(by: limit < 4 ? 0 : 100)
        return max(0, rows - min(parked, overflows ? .max : bound))
    }

    /// Counts rows that were written.
    package mutating func add(_ count: Int) {
        rows += count
        update()
    }

    /// Counts rows that were confirmed.
    package mutating func remove(_ count: Int) {
        rows -= count
        update()
    }

    /// Sets the number of rows that wait for a destination that accepts nothing.
    package mutating func park(_ count: Int) {
        guard count != parked else { return }
        parked = count
        update()
    }

    private mutating func update() {
        let count = count
        if count >= max(1, limit / 2) { takesIntake = false }
        if count >= limit { firesTimers = false }
        if count <= limit / 4 { takesIntake = true }
        if count <= limit / 2 { firesTimers = true }
    }
}
