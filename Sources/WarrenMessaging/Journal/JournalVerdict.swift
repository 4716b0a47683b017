/// The effect of a record on everyone that reads the journal.
package enum JournalVerdict: Sendable, Hashable {
    /// The journal begins.
    case begins(JournalGenesis)
    /// The claim counts: its host owns the partition from here on, and every other claim has ended.
    case claimed(JournalClaim)
    /// The commits count: they are applied, in order, with the new position.
    case commits([[UInt8]])
    /// A part of a large commit counts. There is nothing to apply before the last one.
    case part
    /// The snapshot counts.
    case snapshot(JournalSnapshot)
    /// The release counts: nobody owns the partition until the next claim.
    case released(to: String)
    /// The record counts for nobody.
    case ignored(Reason)

    /// The reason why a record does not count.
    package enum Reason: Sendable, Hashable {
        /// The journal has not begun.
        case beforeGenesis
        /// The journal has already begun.
        case secondGenesis
        /// The record is of another journal.
        case otherJournal
        /// Another claim counted first, or this one already did.
        case lateClaim
        /// The claim follows one that this reader has not seen. In a complete journal there is none such: the reader has
        /// missed records and has to begin again from a snapshot.
        case missedClaim
        /// The record was written under a claim that does not own the partition.
        case otherClaim
        /// A record with this number has counted already.
        case repeated
        /// A record before this one is missing.
        case gap
        /// A part is not behind the part before it, or another record is in the middle of a large commit.
        case brokenParts
        /// The parts together exceed the limit of a commit.
        case tooLarge
    }
}
