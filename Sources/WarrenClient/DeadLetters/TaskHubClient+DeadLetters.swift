import Synchronization
package import WarrenMessaging
import WarrenSupport

/// The dead letters of a hub: what was refused, for people to look at, to try again, and to throw away.
extension TaskHubClient {
    /// What becomes of a letter that was looked at.
    package enum DeadLetterVerdict: Sendable { case keep, remove }

    /// How many letters were looked at, and how many there were.
    package struct DeadLetterVisit: Sendable, Hashable {
        package var seen: Int
        package var waiting: Int
    }

    /// The most letters that can be looked at in one go: they are fetched, and all that is kept goes back at the end.
    package static let mostDeadLetters = 2000

    /// Looks at letters, oldest first, and takes those off the queue that the visitor is done with. The others go back to
    /// their places; each look counts as a delivery of theirs.
    ///
    /// - Parameters:
    ///   - limit: how many at the most, 1 to ``mostDeadLetters``.
    ///   - patience: how long to wait for letters that another reader may have at this moment.
    ///   - visit: looks at one. What it removes is removed when it returns.
    /// - Throws: ``ClientError``, and what the visitor throws; letters not visited stay.
    package func visitDeadLetters(
        limit: Int, patience: Duration = .seconds(10),
        _ visit: @escaping @Sendable (DeadLetterEntry) async throws -> DeadLetterVerdict
    ) async throws -> DeadLetterVisit {
        let hub = messages.hub
        let subscription: any MessageSubscription
        let waiting: Int
        do {
            waiting = try await transport.depth(of: hub.deadQueue)
            guard waiting > 0 else { return DeadLetterVisit(seen: 0, waiting: 0) }
            subscription = try await transport.consume(
                hub.deadQueue, prefetch: min(limit, waiting, Self.mostDeadLetters))
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
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
            // Whoever has them gives them back or takes them away: what was seen is all there is to see now.
        } catch {
            await subscription.close()
            throw error
        }
        await subscription.close()
        let visit = DeadLetterVisit(seen: seen.withLock { $0 }, waiting: waiting)
        await awaitReturn(of: visit.seen - removed.withLock { $0 })
        return visit
    }

    /// Waits a moment until the broker has put the letters back that were only looked at: whoever looks next is to see them.
    private func awaitReturn(of count: Int) async {
        let backoff = Backoff(first: .milliseconds(10), ceiling: .seconds(1))
        for attempt in 1...7 {
            do {
                if try await transport.depth(of: messages.hub.deadQueue) >= count { return }
                try await clock.sleep(for: backoff.pause(afterAttempt: attempt))
            } catch {
                // They come back without us, too.
                return
            }
        }
    }

    private struct OthersHaveThem: Error {}
}
