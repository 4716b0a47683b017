import Warren
import WarrenMessaging

/// Deliberate bugs.
extension JournalFold {
    /// Returns a record as a reader with a bug takes it.
    func changedForTest(
        _ record: JournalRecord, _ bug: JournalBug, isFollowing: Bool
    ) -> JournalRecord {
        guard let position else { return record }
        let isNext: Bool
        switch (bug, record.content) {
        case (.anyClaimCounts, .commits): isNext = record.claim != position.claim
        case (.gapCounts, .commits): isNext = record.claim == position.claim && record.seq > expected
        case (.followerPassesGap, .commits):
            isNext = isFollowing && record.claim == position.claim && record.seq > expected
        case (.offerCounts, .snapshot): isNext = record.claim == 0
        default: isNext = false
        }
        guard isNext else { return record }
        var changed = record
        (changed.claim, changed.epoch, changed.seq) = (position.claim, position.epoch, expected)
        return changed
    }
}
