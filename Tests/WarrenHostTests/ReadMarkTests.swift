import Testing
import Warren
import WarrenStorage

@testable import WarrenHost

/// The record of what is read for servers in the host's process.
@Suite("Marks of reads", .timeLimit(.minutes(1)))
struct ReadMarkTests {
    private func ledger(_ record: FlightRecord) -> CrashLedger {
        CrashLedger(record, limit: 5, now: Timestamp(microseconds: 1), logger: LogLines().logger)
    }

    @Test("A read is on record while it goes on, and after a death over it the next ones are left to questions")
    func death() {
        let record = FlightRecord()
        let before = CrashGuard(ledger(record), partition: 3)
        let read = before.reading("order-1") { record.readMarks.map(\.subject) }
        #expect(read == ["@read:order-1"])
        #expect(record.readMarks.isEmpty)
        // The process dies in the middle of one.
        record.setRead(FlightRecord.Mark(subject: "@read:order-1"), of: 3)
        let ledger = ledger(record)
        let after = CrashGuard(ledger, partition: 3)
        #expect(record.readMarks.isEmpty)
        #expect(after.reading("order-1") { 1 } == nil)
        #expect(after.reading("order-2") { 1 } == 1)
        // The instance itself is not to blame.
        #expect(ledger.verdict(on: "order-1", isFresh: false, culprit: { 1 }) == .ordinary)
        ledger.endProbation(Timestamp(microseconds: 1).advanced(by: .seconds(61)))
        #expect(after.reading("order-1") { 1 } == 1)
    }
}
