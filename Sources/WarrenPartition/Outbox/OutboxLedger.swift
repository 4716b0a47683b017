/// Which messages of the rows of an outbox are not safe yet. Pure.
///
/// A row has 64 messages at the most, and each of them a bit. Of rows that wait in the store and of which no message was
/// ever taken nothing is kept.
package struct OutboxLedger {
    /// A row of which messages are on their way.
    package struct Row {
        package var unsettled: UInt64
        package let all: UInt64
        /// Destinations that the row waits for.
        package var waitsFor: [OutboxParking.Destination] = []
        /// Why a message of it was given up, if one was.
        package var setAside: String?
    }

    /// What a row has come to when none of its messages is on its way.
    package enum End {
        /// It can be removed.
        case settled
        /// It can be removed, and something of it never arrived.
        case setAside(String)
        /// It waits in the store.
        case parked
    }

    private var open: [Int64: Row] = [:]
    private var partial: [Int64: UInt64] = [:]
    private var reasons: [Int64: String] = [:]
    /// How many rows wait in the store for a parked destination, none of their messages being on its way.
    package private(set) var parkedRows = 0

    package init() {}

    /// How many messages a row can have.
    package static let messagesPerRow = 64

    package static func mask(_ count: Int) -> UInt64 {
        count >= messagesPerRow ? .max : (1 << UInt64(max(0, count))) - 1
    }
    package static func bit(_ index: Int) -> UInt64 { 1 << UInt64(min(max(0, index), messagesPerRow - 1)) }

    /// The messages of a row that are not safe yet.
    package func unsettled(_ row: Int64, of count: Int) -> UInt64 {
        open[row]?.unsettled ?? partial[row] ?? Self.mask(count)
    }

    /// Messages of a row are on their way.
    package mutating func begin(_ row: Int64, of count: Int, wasParked: Bool = false) {
        guard open[row] == nil else { return }
        if wasParked { parkedRows -= 1 }
        open[row] = Row(
            unsettled: partial.removeValue(forKey: row) ?? Self.mask(count), all: Self.mask(count),
            setAside: reasons.removeValue(forKey: row))
    }

    /// Whether messages of the row are on their way.
    package func isOpen(_ row: Int64) -> Bool { open[row] != nil }

    /// Notes that the row waits for a destination; `false` if that is known.
    package mutating func waits(_ row: Int64, for destination: OutboxParking.Destination) -> Bool {
        guard var state = open[row] else { return true }
        guard !state.waitsFor.contains(destination) else { return false }
        state.waitsFor.append(destination)
        open[row] = state
        return true
    }

    /// The row has been taken out of those that wait for a destination.
    package mutating func waitsNoMore(_ row: Int64, for destination: OutboxParking.Destination) {
        open[row]?.waitsFor.removeAll { $0 == destination }
    }

    /// A row waits in the store from the first on.
    package mutating func park(_ row: Int64) { parkedRows += 1 }

    /// A message is safe, or given up for the reason.
    package mutating func settle(_ row: Int64, _ index: Int, setAside reason: String? = nil) {
        // Taken out and put back: changing it in place costs an allocation for every message.
        guard var state = open[row] else { return }
        state.unsettled &= ~Self.bit(index)
        if let reason { state.setAside = reason }
        open[row] = state
    }

    /// None of the row's messages is on its way any more.
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

    /// The row is not in the store any more.
    package mutating func forget(_ row: Int64) {
        guard open[row] == nil else { return }
        partial[row] = nil
        reasons[row] = nil
        parkedRows = max(0, parkedRows - 1)
    }
}
