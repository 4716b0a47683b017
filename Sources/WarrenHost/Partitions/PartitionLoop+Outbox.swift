import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Sends the rows that wait in the store, and removes those that are safe.
extension PartitionLoop {
    /// Notes which rows can be removed, and how many wait for a destination that accepts nothing.
    func noteProgress() {
        let settled = dispatcher.takeSettled() + dispatcher.takeSetAside().map(\.row)
        for row in settled { ages.remove(row) }
        machine.note(removed: settled, parkedRows: dispatcher.parkedRows)
        noteGate()
        observe(machine.takeObservations())
        if !settled.isEmpty { drain.progressed() }
    }

    /// Whether inputs from outside are taken: not while too much is unconfirmed, or the journal has no room for more.
    var takesIntake: Bool { machine.takesIntake && journal?.room ?? .ample == .ample }

    /// Sets whether the dispatcher is to report every row: a closed gate may open with any of them.
    func noteGate() {
        let isClosed = !machine.takesIntake || !machine.firesTimers
        guard isClosed != reportsEveryRow else { return }
        reportsEveryRow = isClosed
        dispatcher.report(everyRow: isClosed)
    }

    /// Reads rows that wait in the store as soon as the window has room for them.
    func sendWaiting() async throws {
        try await dispatcher.sendWaiting { after in
            var after = after
            while true {
                let stored = try await rows(after: after, most: 256, bytes: 4 << 20)
                let rows = stored.compactMap(readable)
                // If all rows of this page are unreadable, the rows after them must be read too, because an empty
                // result means the end.
                guard rows.isEmpty, let last = stored.last else { return rows }
                after = last.id
            }
        } row: { id in
            try await rows(after: id - 1, most: 1, bytes: 1).first { $0.id == id }.flatMap(readable)
        }
    }

    private func rows(after id: Int64, most: Int, bytes: Int) async throws -> [OutboxRow] {
        let answer = try await read(.outbox(after: id, most: most, bytes: bytes))
        guard case .outbox(let rows) = answer else { throw Self.unusable(answer) }
        return rows
    }

    /// Decodes a row; `nil` if it cannot be read: then it is set aside by the next step.
    private func readable(_ row: OutboxRow) -> OutboxBatch? {
        var damage = row.damage
        if damage == nil {
            do {
                let messages = try OutboxCodec.decode(row.messages)
                if !messages.isEmpty { return OutboxBatch(id: row.id, messages: messages.map { .encoded($0) }) }
                damage = "it is empty"
            } catch {
                damage = "\(error)"
            }
        }
        ages.remove(row.id)
        machine.note(unreadable: DamagedRow(.outbox, key: row.id, reason: damage ?? ""))
        return nil
    }
}
