import Warren
import WarrenSupport

/// Reads the rows of a commit, all but instances.
extension ByteReader {
    /// Reads rows behind their number. Memory grows with the rows that were read, not with the number.
    mutating func rows<Row>(
        _ row: (inout ByteReader) throws(ByteProblem) -> Row
    ) throws(ByteProblem) -> [Row] {
        var rows: [Row] = []
        for _ in 0..<(try count()) { rows.append(try row(&self)) }
        return rows
    }

    mutating func keys() throws(ByteProblem) -> [Int64] {
        try rows { (reader) throws(ByteProblem) in try reader.signed() }
    }

    mutating func int() throws(ByteProblem) -> Int {
        guard let number = Int(exactly: try signed()) else { throw problem(.numberTooLarge) }
        return number
    }

    mutating func time() throws(ByteProblem) -> Timestamp { Timestamp(microseconds: try signed()) }

    mutating func timerKey() throws(ByteProblem) -> TimerRow.Key {
        TimerRow.Key(instance: try signed(), generation: try int(), id: try int())
    }

    mutating func leaseKey() throws(ByteProblem) -> TaskLease.Key {
        TaskLease.Key(instance: try signed(), generation: try int(), taskID: try int())
    }

    mutating func damagedRow() throws(ByteProblem) -> DamagedRow {
        let number = try byte()
        guard let table = DamagedRow.Table(number: number) else { throw problem("table \(number) is not known") }
        switch table {
        case .timers: return DamagedRow(timer: try timerKey(), reason: try text())
        case .leases: return DamagedRow(lease: try leaseKey(), reason: try text())
        case .instances, .history, .outbox, .held: return DamagedRow(table, key: try signed(), reason: try text())
        }
    }

    mutating func historyRow() throws(ByteProblem) -> HistoryRow {
        HistoryRow(instance: try signed(), generation: try int(), episode: try int(), events: try data())
    }

    mutating func timer() throws(ByteProblem) -> TimerRow {
        TimerRow(key: try timerKey(), fireAt: try time())
    }

    mutating func lease() throws(ByteProblem) -> TaskLease {
        TaskLease(key: try leaseKey(), attempt: try int(), expiresAt: try time())
    }

    mutating func outboxRow() throws(ByteProblem) -> OutboxRow {
        OutboxRow(id: try signed(), messages: try data())
    }

    mutating func inboxEntry() throws(ByteProblem) -> InboxEntry {
        InboxEntry(key: try text(), bodyHash: try signed(), instanceID: try text(), at: try time())
    }

    mutating func heldMessage() throws(ByteProblem) -> HeldMessage {
        HeldMessage(id: try signed(), subject: try text(), expiresAt: try time(), message: try data())
    }

    mutating func waiter() throws(ByteProblem) -> WaiterRow {
        WaiterRow(instance: try signed(), address: try data())
    }
}
