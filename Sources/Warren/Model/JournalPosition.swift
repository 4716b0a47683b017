/// The position up to which a file has applied a journal: stored in the transaction that applies a record.
///
/// It identifies the last applied record, so that a reader can check that the journal still has it. The parts of a
/// large commit move the position together, with the last one.
package struct JournalPosition: Sendable, Hashable {
    package var journalID: UInt128
    /// The number of the claim that counted last; 0 before the first one.
    package var epoch: UInt64
    /// The random number of the claim that counted last; 0 before the first one.
    package var claim: UInt64
    /// Whether nothing more counts under `claim`: it was released, or there is none yet.
    package var isReleased: Bool
    /// The number of the next record behind the claim that would count.
    package var next: UInt64
    /// The offset behind the last record that counted.
    package var offset: Int64
    /// The time of the partition: the latest time of a record that counted. Of a large commit, the time of its last
    /// part.
    package var at: Timestamp
    /// The size in bytes of all records up to `offset`, of those that did not count as well: equal for every reader.
    package var bytes: Int64
    /// The `bytes` of the position in the newest snapshot that counted; 0 without one.
    package var savedBytes: Int64
    /// The stream of the newest snapshot that counted; empty without one.
    package var snapshot: String

    package init(
        journalID: UInt128, epoch: UInt64, claim: UInt64, isReleased: Bool, next: UInt64, offset: Int64, at: Timestamp,
        bytes: Int64 = 0, savedBytes: Int64 = 0, snapshot: String = ""
    ) {
        self.journalID = journalID
        self.epoch = epoch
        self.claim = claim
        self.isReleased = isReleased
        self.next = next
        self.offset = offset
        self.at = at
        self.bytes = bytes
        self.savedBytes = savedBytes
        self.snapshot = snapshot
    }

    /// The claim that owns the partition, if any.
    package var ruling: UInt64? { isReleased ? nil : claim }

    /// The size in bytes of the records behind the newest snapshot: what a reader without a file has to read.
    package var unsavedBytes: Int64 {
        let (difference, overflows) = bytes.subtractingReportingOverflow(savedBytes)
        return overflows ? .max : max(0, difference)
    }
}
