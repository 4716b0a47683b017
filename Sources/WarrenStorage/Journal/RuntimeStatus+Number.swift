import Warren

extension RuntimeStatus {
    /// The number of the status in journals. Numbers are added, never changed.
    var number: UInt8 {
        switch self {
        case .pending: 0
        case .running: 1
        case .suspended: 2
        case .completed: 3
        case .failed: 4
        case .terminated: 5
        case .continuedAsNew: 6
        case .canceled: 7
        }
    }

    init?(number: UInt8) {
        switch number {
        case 0: self = .pending
        case 1: self = .running
        case 2: self = .suspended
        case 3: self = .completed
        case 4: self = .failed
        case 5: self = .terminated
        case 6: self = .continuedAsNew
        case 7: self = .canceled
        default: return nil
        }
    }
}
