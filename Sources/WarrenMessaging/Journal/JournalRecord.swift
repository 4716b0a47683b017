package import Warren

/// An entry of a partition's journal: what its writer states about itself, and what it appends.
///
/// A record that is in the journal has an effect only if it counts: see `JournalFold`.
package struct JournalRecord: Sendable, Hashable {
    /// The journal's identity, made by its genesis. A journal that was deleted and made anew has another one.
    package var journalID: UInt128
    /// The number of the writer's claim: claims that count are numbered from 1.
    package var epoch: UInt64
    /// The random number of the writer's claim, which no other attempt to claim has. For a claim, its own.
    package var claim: UInt64
    /// The number of the record behind its claim, from 0. Genesis and claims have 0.
    package var seq: UInt64
    /// The writer's time.
    package var at: Timestamp
    package var content: JournalContent

    package init(
        journalID: UInt128, epoch: UInt64, claim: UInt64, seq: UInt64, at: Timestamp, content: JournalContent
    ) {
        self.journalID = journalID
        self.epoch = epoch
        self.claim = claim
        self.seq = seq
        self.at = at
        self.content = content
    }
}
