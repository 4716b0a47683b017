/// The position up to which a file has applied a journal: stored in the transaction that applies a record.
///
/// It identifies the last applied record, so that a reader can check that the journal still has it. The parts of a
/// large commit move the position together, with the last one.
public struct JournalPosition: Sendable, Hashable {
    /// The number of the journal.
    public var journalID: UInt128
    /// The number of the claim that counted last; 0 before the first one.
    public var epoch: UInt64
    /// The random number of the claim that counted last; 0 before the first one.
    public var claim: UInt64
    /// Whether nothing more counts under `claim`: it was released, or there is none yet.
    public var isReleased: Bool
    /// The number of the next record behind the claim that would count.
    public var next: UInt64
    /// The offset behind the last record that counted.
    public var offset: Int64
    /// The time of the partition: the latest time of a record that counted. Of a large commit, the time of its last
    /// part.
    public var at: Timestamp
    /// The size in bytes of all records up to `offset`, of those that did not count as well: equal for every reader.
    public var bytes: Int64
    /// The `bytes` of the position in the newest snapshot that counted; 0 without one.
    public var savedBytes: Int64
    /// The stream of the newest snapshot that counted; empty without one.
    public var snapshot: String

    /// A position in a journal.
    public init(
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
    public var ruling: UInt64? { isReleased ? nil : claim }

    /// The size in bytes of the records behind the newest snapshot: what a reader without a file has to read.
    public var unsavedBytes: Int64 {
        let (difference, overflows) = bytes.subtractingReportingOverflow(savedBytes)
        return overflows ? .max : max(0, difference)
    }
}
