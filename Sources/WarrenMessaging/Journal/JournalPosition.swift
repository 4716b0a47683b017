package import Warren

/// The position up to which a file has applied a journal: stored in the transaction that applies a record.
///
/// It identifies the last applied record, so that a reader can check that the journal still has it. The parts of a large
/// commit move the position together, with the last one.
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
    /// The time of the partition: the latest time of a record that counted. Of a large commit, the time of its last part.
    package var at: Timestamp

    package init(
        journalID: UInt128, epoch: UInt64, claim: UInt64, isReleased: Bool, next: UInt64, offset: Int64, at: Timestamp
    ) {
        self.journalID = journalID
        self.epoch = epoch
        self.claim = claim
        self.isReleased = isReleased
        self.next = next
        self.offset = offset
        self.at = at
    }

    /// The claim that owns the partition, if any.
    package var ruling: UInt64? { isReleased ? nil : claim }

    /// Whether a record at an offset is the one that was applied last. If the journal has another record there, it was
    /// cut, or lost records that had been read, or is another journal.
    package func follows(_ record: JournalRecord, at offset: Int64) -> Bool {
        guard record.journalID == journalID, offset < .max, self.offset == offset + 1 else { return false }
        let isOfClaim = record.epoch == epoch && record.claim == claim
        switch record.content {
        case .genesis: return epoch == 0
        case .claim: return isOfClaim && next == 0
        case .commits, .part, .snapshot, .release: return isOfClaim && next > 0 && record.seq == next - 1
        }
    }
}
