/// Decides which committed rows are in memory on their way to the broker, and which wait in the store. Pure: it
/// decides, and its owner sends and loads.
///
/// Rows are sent in the order of their numbers. Once one had to wait, all later ones wait behind it, and are read from
/// the store when half of the window is free. So memory is bounded however long the broker is unreachable: of the rows
/// that wait, only the first and the last number are known.
package struct OutboxWindow {
    /// The limits on what may be on its way at once. One row more than fits is taken, so that a large one can pass.
    package struct Limits: Sendable, Hashable {
        package var messages: Int
        package var bytes: Int

        package init(messages: Int, bytes: Int) {
            self.messages = messages
            self.bytes = bytes
        }

        /// No limit, for a transport inside the process: it holds messages until they are consumed, so that a bound
        /// would let slow activities stop everything else.
        package static let unlimited = Limits(messages: .max, bytes: .max)
        /// The limits for a broker, which confirms within milliseconds.
        package static let broker = Limits(messages: 8192, bytes: 32 << 20)
    }

    /// The size of a row, as the window counts it.
    package struct Size: Sendable, Hashable {
        package var id: Int64
        package var messages: Int
        package var bytes: Int

        package init(id: Int64, messages: Int, bytes: Int) {
            self.id = id
            self.messages = messages
            self.bytes = bytes
        }
    }

    private struct OpenRow {
        var messages: Int
        var size: Size
    }

    private let limits: Limits
    private var open: [Int64: OpenRow] = [:]
    private var messages = 0
    private var bytes = 0
    /// The last row that was admitted, and the last that was committed.
    private var lastAdmitted: Int64 = 0
    private var lastCommitted: Int64 = 0
    private var isLoading = false
    /// Whether rows that were admitted are not with the transport yet.
    private var isPublishing = false
    package private(set) var isBlocked = false

    package init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether nothing is on its way.
    package var isEmpty: Bool { open.isEmpty }

    /// Whether rows wait in the store.
    package var hasBacklog: Bool { lastAdmitted < lastCommitted }

    /// Whether there is nothing to wait for: all is sent, or the broker accepts nothing and the store keeps the rows.
    ///
    /// - Parameter here: the number of messages on their way that nobody waits for.
    package func isIdle(besides here: Int = 0) -> Bool { isBlocked || (messages <= here && !hasBacklog) }

    /// Whether it is time to read rows from the store.
    package var wantsRows: Bool {
        hasBacklog && !isBlocked && !isLoading && !isPublishing && messages <= limits.messages / 2
            && bytes <= limits.bytes / 2
    }

    /// Notes that rows up to this one are in the store from an earlier process.
    package mutating func recovered(through id: Int64, isEmpty: Bool) {
        lastCommitted = id
        if isEmpty { lastAdmitted = id }
    }

    /// Notes that rows became durable, in order.
    ///
    /// - Returns: how many of them, from the first on, are to be sent now; if any, the caller calls `published` next.
    package mutating func committed(_ rows: [Size]) -> Int {
        var mustWait = hasBacklog || isLoading || isBlocked
        var count = 0
        for row in rows {
            mustWait = mustWait || !hasRoom
            if !mustWait {
                admit(row)
                count += 1
            }
            lastCommitted = row.id
        }
        isPublishing = count > 0
        return count
    }

    /// Notes that the rows which `committed` admitted are with the transport: rows that wait may follow.
    package mutating func published() {
        isPublishing = false
    }

    /// Begins to read from the store.
    ///
    /// - Returns: the row after which to read, or `nil` if there is nothing to read or no room. Otherwise the caller
    ///   calls `endLoad` afterwards, and until then nothing else is admitted.
    package mutating func beginLoad() -> Int64? {
        guard wantsRows else { return nil }
        isLoading = true
        return lastAdmitted
    }

    /// Notes that rows were read from the store, in order.
    ///
    /// - Returns: how many of them, from the first on, are to be sent now.
    package mutating func loaded(_ rows: [Size]) -> Int {
        var count = 0
        // A row may be in the store before its commit is announced: it is taken when that happens.
        for row in rows where row.id <= lastCommitted {
            guard hasRoom else { break }
            admit(row)
            count += 1
        }
        // Numbers may be missing: no row is left between the two.
        if rows.first.map({ $0.id > lastCommitted }) ?? true { lastAdmitted = lastCommitted }
        return count
    }

    /// Notes that the loaded rows are with the transport.
    package mutating func endLoad() {
        isLoading = false
    }

    /// Notes that messages of a row that was taken before are on their way again.
    package mutating func readmit(_ row: Size) {
        messages += row.messages
        bytes += row.bytes
        guard var known = open[row.id] else {
            open[row.id] = OpenRow(messages: row.messages, size: row)
            return
        }
        known.messages += row.messages
        known.size.bytes += row.bytes
        open[row.id] = known
    }

    /// Notes that one message of a row is safe, or not on its way any more.
    ///
    /// - Returns: whether it was the last of them.
    package mutating func settle(_ id: Int64) -> Bool {
        guard var row = open[id] else { return false }
        messages -= 1
        guard row.messages == 1 else {
            row.messages -= 1
            open[id] = row
            return false
        }
        open[id] = nil
        bytes -= row.size.bytes
        return true
    }

    /// Notes whether the broker accepts nothing from publishers.
    package mutating func block(_ isBlocked: Bool) {
        self.isBlocked = isBlocked
    }

    /// Whether another row may be sent.
    package var hasRoom: Bool { messages < limits.messages && bytes < limits.bytes }

    private mutating func admit(_ row: Size) {
        lastAdmitted = row.id
        // A row without messages has nothing to send now.
        guard row.messages > 0 else { return }
        open[row.id] = OpenRow(messages: row.messages, size: row)
        messages += row.messages
        bytes += row.bytes
    }
}
