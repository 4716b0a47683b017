import Warren

extension DamagedRow.Table {
    /// The number of the table in journals. Numbers are added, never changed.
    var number: UInt8 {
        switch self {
        case .instances: 0
        case .history: 1
        case .timers: 2
        case .leases: 3
        case .outbox: 4
        case .held: 5
        }
    }

    init?(number: UInt8) {
        switch number {
        case 0: self = .instances
        case 1: self = .history
        case 2: self = .timers
        case 3: self = .leases
        case 4: self = .outbox
        case 5: self = .held
        default: return nil
        }
    }
}
