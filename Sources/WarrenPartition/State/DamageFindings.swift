import Warren

/// Rows that cannot be read and are not set aside yet.
package struct DamageFindings {
    /// What has to be searched for in the histories of open instances, because rows that stood for it were set aside.
    package struct Sweep: OptionSet, Sendable {
        package let rawValue: Int
        package static let timers = Sweep(rawValue: 1)
        package static let work = Sweep(rawValue: 2)

        package init(rawValue: Int) { self.rawValue = rawValue }

        init(_ table: DamagedRow.Table) {
            switch table {
            case .timers: self = .timers
            case .leases, .outbox: self = .work
            case .instances, .history, .held: self = []
            }
        }
    }

    private var rows: [DamagedRow]
    private var outbox: Set<Int64> = []
    private var sweep: Sweep = []

    init(_ rows: [DamagedRow] = []) {
        self.rows = rows
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Notes a row of the outbox, which is read again and again until it is set aside.
    mutating func noteOutbox(_ row: DamagedRow) {
        if outbox.insert(row.key).inserted { rows.append(row) }
    }

    /// Returns the rows to set aside, once.
    mutating func take() -> [DamagedRow] {
        defer {
            for row in rows {
                if row.table == .outbox { outbox.remove(row.key) }
                sweep.formUnion(Sweep(row.table))
            }
            rows = []
        }
        return rows
    }

    /// Returns what has to be searched for, once.
    mutating func takeSweep() -> Sweep? {
        defer { sweep = [] }
        return sweep.isEmpty ? nil : sweep
    }
}
