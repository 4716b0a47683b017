import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage

/// Deliberate bugs.
extension JournaledStore {
    /// Begins in a wrong way.
    ///
    /// - Returns: whether the partition is worked on without waiting for a claim.
    func beginForTest(_ bug: JournalBug) async throws -> Bool {
        switch bug {
        case .sameClaimAfterDoubt:
            // Time to read what is there.
            try await around.clock.pause(of: .milliseconds(50))()
            return state.withLock { $0.writer.resumeForTest() }
        case .inputsBeforeClaim:
            Task(executorPreference: around.journal.executor) { [self] in
                do {
                    try await claim()
                } catch {
                    fail(error as? StorageError ?? StorageError(.closed, "\(error)"))
                }
            }
            return true
        case .anyClaimCounts, .gapCounts, .confirmedIsSafe, .offerCounts, .followerPassesGap, .unreadSnapshot,
            .carefulWithoutGuard:
            return false
        }
    }

    /// Completes what the broker confirmed.
    var confirmationForTest: (@Sendable () -> Void)? {
        guard around.bug == .confirmedIsSafe else { return nil }
        return { [weak self] in
            guard let self else { return }
            for completion in state.withLock({ $0.writer.confirmForTest() }) { completion(.success(())) }
        }
    }
}
