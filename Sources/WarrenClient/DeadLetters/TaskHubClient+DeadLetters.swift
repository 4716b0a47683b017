import AMQPMessages
import Synchronization
package import WarrenMessaging
import WarrenSupport

/// Reads the dead letters of a hub: refused messages, to show, to publish again, and to remove.
extension TaskHubClient {
    /// The decision about a dead letter.
    package enum DeadLetterVerdict: Sendable { case keep, remove }

    /// The number of letters visited, and the number of all.
    package struct DeadLetterVisit: Sendable, Hashable {
        package var seen: Int
        package var waiting: Int
    }

    /// The maximum number of letters in one visit: they are fetched, and all kept ones return to the queue at the end.
    package static let mostDeadLetters = 2000

    /// Visits letters, oldest first, and removes those for which the visitor decides so. The others return to their
    /// places; each visit counts as a delivery of theirs.
    ///
    /// - Parameters:
    ///   - limit: the maximum number of letters, 1 to ``mostDeadLetters``.
    ///   - patience: the time to wait for letters that another reader may have at this moment.
    ///   - visit: decides about one letter. A removed letter is removed when it returns.
    /// - Throws: ``ClientError``, and errors of the visitor; letters not visited stay.
    package func visitDeadLetters(
        limit: Int, patience: Duration = .seconds(10),
        _ visit: @escaping @Sendable (DeadLetterEntry) async throws -> DeadLetterVerdict
    ) async throws -> DeadLetterVisit {
        let hub = messages.hub
        let failure = "The hub's dead letters cannot be read"
        let waiting = try await asking(failure) { try await transport.depth(of: hub.deadQueue) }
        guard waiting > 0 else { return DeadLetterVisit(seen: 0, waiting: 0) }
        let subscription = try await asking(failure) {
            try await transport.consume(hub.deadQueue, prefetch: min(limit, waiting, Self.mostDeadLetters))
        }
        let wanted = min(limit, waiting, Self.mostDeadLetters)
        let seen = Mutex(0)
        let removed = Mutex(0)
        do {
            try await withDeadline(patience, clock: clock, expired: { OthersHaveThem() }) {
                for try await batch in subscription.batches {
                    for message in batch {
                        if try await visit(DeadLetterEntry(message, hub: hub)) == .remove {
                            subscription.acknowledge([message.tag])
                            removed.withLock { $0 += 1 }
                        }
                        let count = seen.withLock { seen in
                            seen += 1
                            return seen
                        }
                        if count == wanted { return }
                    }
                }
            }
        } catch is OthersHaveThem {
            // The other reader returns or removes them: only the letters seen so far are available now.
        } catch {
            await subscription.close()
            throw error
        }
        await subscription.close()
        let visit = DeadLetterVisit(seen: seen.withLock { $0 }, waiting: waiting)
        await awaitReturn(of: visit.seen - removed.withLock { $0 })
        return visit
    }

    /// Waits a moment until the broker has returned the kept letters to the queue, so that the next reader sees them.
    private func awaitReturn(of count: Int) async {
        let backoff = Backoff(first: .milliseconds(10), ceiling: .seconds(1))
        for attempt in 1...7 {
            do {
                if try await transport.depth(of: messages.hub.deadQueue) >= count { return }
                try await clock.sleep(for: backoff.pause(afterAttempt: attempt))
            } catch {
                // They return without this wait, too.
                return
            }
        }
    }

    private struct OthersHaveThem: Error {}
}
