import Warren
import WarrenSupport

/// Writes the rows of a commit, all but instances.
extension ByteWriter {
    mutating func int(_ number: Int) { signed(Int64(number)) }

    mutating func time(_ time: Timestamp) { signed(time.microseconds) }

    mutating func key(_ key: TimerRow.Key) {
        signed(key.instance)
        int(key.generation)
        int(key.id)
    }

    mutating func key(_ key: TaskLease.Key) {
        signed(key.instance)
        int(key.generation)
        int(key.taskID)
    }

    mutating func row(_ row: DamagedRow) {
        byte(row.table.number)
        signed(row.key)
        if row.table == .timers || row.table == .leases {
            int(row.generation)
            int(row.id)
        }
        text(row.reason)
    }

    mutating func row(_ row: HistoryRow) {
        signed(row.instance)
        int(row.generation)
        int(row.episode)
        data(row.events)
    }

    mutating func row(_ row: TimerRow) {
        key(row.key)
        time(row.fireAt)
    }

    mutating func row(_ row: TaskLease) {
        key(row.key)
        int(row.attempt)
        time(row.expiresAt)
    }

    mutating func row(_ row: OutboxRow) {
        signed(row.id)
        data(row.messages)
    }

    mutating func row(_ row: InboxEntry) {
        text(row.key)
        signed(row.bodyHash)
        text(row.instanceID)
        time(row.at)
    }

    mutating func row(_ row: HeldMessage) {
        signed(row.id)
        text(row.subject)
        time(row.expiresAt)
        data(row.message)
    }

    mutating func row(_ row: WaiterRow) {
        signed(row.instance)
        data(row.address)
    }
}
