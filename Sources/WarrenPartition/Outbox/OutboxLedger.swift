/// Records which messages of the rows of an outbox are not safe yet. Pure.
///
/// A row has at most 64 messages, and each of them a bit. Rows that wait in the store, with no message sent yet, take
/// no memory here.
package struct OutboxLedger {
    /// A row with messages on their way.
    package struct Row {
        package var unsettled: UInt64
        package let all: UInt64
        /// Destinations that the row waits for.
        package var waitsFor: [OutboxParking.Destination] = []
        /// The reason why a message of the row was given up, if one was.
        package var setAside: String?
    }

    /// The outcome of a row when none of its messages is on its way.
    package enum End {
        /// The row can be removed.
        case settled
        /// The row can be removed, and a part of it never arrived.
        case setAside(String)
        /// The row waits in the store.
        case parked
    }

    private var open: [Int64: Row] = [:]
    private var partial: [Int64: UInt64] = [:]
    private var reasons: [Int64: String] = [:]
    /// The number of rows that wait in the store for a parked destination, with none of their messages on its way.
    package private(set) var parkedRows = 0

    package init() {}

    /// The maximum number of messages in a row.
    package static let messagesPerRow = 64

    package static func mask(_ count: Int) -> UInt64 {
        count >= messagesPerRow ? .max : (1 << UInt64(max(0, count))) - 1
    }
    package static func bit(_ index: Int) -> UInt64 { 1 << UInt64(min(max(0, index), messagesPerRow - 1)) }

    /// A bit for each message of a row that is not safe yet.
    package func unsettled(_ row: Int64, of count: Int) -> UInt64 {
        open[row]?.unsettled ?? partial[row] ?? Self.mask(count)
    }

    /// Notes that messages of a row are on their way.
    package mutating func begin(_ row: Int64, of count: Int, wasParked: Bool = false) {
        guard open[row] == nil else { return }
        if wasParked { parkedRows -= 1 }
        open[row] = Row(
            unsettled: partial.removeValue(forKey: row) ?? Self.mask(count), all: Self.mask(count),
            setAside: reasons.removeValue(forKey: row))
    }

    /// Whether messages of the row are on their way.
    package func isOpen(_ row: Int64) -> Bool { open[row] != nil }

    /// Notes that the row waits for a destination; returns `false` if that was noted before.
    package mutating func waits(_ row: Int64, for destination: OutboxParking.Destination) -> Bool {
        guard var state = open[row] else { return true }
        guard !state.waitsFor.contains(destination) else { return false }
        state.waitsFor.append(destination)
        open[row] = state
        return true
    }

    /// Notes that the row does not wait for a destination any more.
    package mutating func waitsNoMore(_ row: Int64, for destination: OutboxParking.Destination) {
        open[row]?.waitsFor.removeAll { $0 == destination }
    }

    /// Counts a row that waits in the store from the start.
    package mutating func park(_ row: Int64) { parkedRows += 1 }

    /// Notes that a message is safe, or that it was given up for the reason.
    package mutating func settle(_ row: Int64, _ index: Int, setAside reason: String? = nil) {
        // The state is taken out and put back: changing it in place costs an allocation for every message.
        guard var state = open[row] else { return }
        state.unsettled &= ~Self.bit(index)
        if let reason { state.setAside = reason }
        open[row] = state
    }

    /// Ends a row if none of its messages is on its way any more, and returns the outcome.
    package mutating func end(_ row: Int64) -> End? {
        guard let state = open.removeValue(forKey: row) else { return nil }
        guard state.unsettled == 0 else {
            if state.unsettled != state.all { partial[row] = state.unsettled }
            if let reason = state.setAside { reasons[row] = reason }
            parkedRows += 1
            return .parked
        }
        return state.setAside.map { .setAside($0) } ?? .settled
    }

    /// Forgets a row that is not in the store any more.
    package mutating func forget(_ row: Int64) {
        guard open[row] == nil else { return }
        partial[row] = nil
        reasons[row] = nil
        parkedRows = max(0, parkedRows - 1)
    }
}
