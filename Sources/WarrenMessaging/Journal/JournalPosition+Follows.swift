package import Warren

extension JournalPosition {
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
