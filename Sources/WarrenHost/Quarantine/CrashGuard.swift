import Warren
import WarrenStorage

/// Notes what a partition is doing, in case that its process dies over it.
///
/// `@unchecked Sendable`: used by the partition's processor alone, and by one processor after the other.
final class CrashGuard: @unchecked Sendable {
    let ledger: CrashLedger
    private let partition: Int
    private var isTrial = false

    init(_ ledger: CrashLedger, partition: Int) {
        self.ledger = ledger
        self.partition = partition
    }

    /// From now on the partition works on this.
    func enter(_ subject: String) {
        if !isTrial, !ledger.isOver { ledger.record.set(FlightRecord.Mark(subject: subject), of: partition) }
    }

    /// The partition rests.
    func leave() {
        if !isTrial { ledger.record.clear(partition) }
    }

    /// Does what a suspect is to do. If the process dies over it, that is on record.
    func tryAlone(_ subject: String, culprit: UInt64, _ body: () throws -> Void) rethrows {
        isTrial = true
        ledger.record.set(FlightRecord.Mark(subject: subject, culprit: culprit, isAlone: true), of: partition)
        defer {
            isTrial = false
            ledger.record.clear(partition)
        }
        try body()
        ledger.change { $0.survived(subject, culprit: culprit) }
    }
}
