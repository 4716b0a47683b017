import Logging
import Synchronization
import WarrenMessaging
import WarrenSupport

/// An activity's queue as seen by one worker, which takes no more items than it has places for.
///
/// A broker keeps sending until the number of unacknowledged messages reaches the prefetch, and the items of long
/// activities are acknowledged while they run. So before that happens the prefetch is lowered to the places that are
/// left, down to none; the items in the queue are then free for workers with free places.
final class WorkQueue: Sendable {
    let subscription: any MessageSubscription
    private let name: String
    private let slots: ActivitySlots
    private let most: Int
    private let logger: Logger
    /// Items under a lease that are to be acknowledged.
    private let leased = Mutex<[WorkDelivery]>([])
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    /// - Parameter most: the initial prefetch of the subscription, which is restored when no activity is long.
    init(
        _ name: String, _ subscription: any MessageSubscription, slots: ActivitySlots, most: Int, logger: Logger
    ) {
        self.name = name
        self.subscription = subscription
        self.slots = slots
        self.most = most
        self.logger = logger
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        slots.observe(changed)
    }

    /// Acknowledges an item that is under a lease from now on, as soon as no item without a place can be delivered
    /// instead.
    func acknowledgeLeased(_ delivery: WorkDelivery) {
        leased.withLock { $0.append(delivery) }
        changed.yield()
    }

    /// Adjusts the prefetch until `finish`.
    func adjust() async {
        var prefetch = most
        for await _ in changes {
            let deliveries = leased.withLock { leased in
                defer { leased = [] }
                return leased
            }
            let next = Self.prefetch(after: prefetch, unleased: slots.unleased, most: most)
            if next != prefetch { await subscription.setPrefetch(next) }
            for delivery in deliveries { delivery.acknowledge() }
            if next == 0, prefetch > 0 {
                logger.info(
                    "Long activities have all places; the queue is left to others", metadata: [LogKey.queue: "\(name)"])
            } else if next > 0, prefetch == 0 {
                logger.info("Work is taken from the queue again", metadata: [LogKey.queue: "\(name)"])
            }
            prefetch = next
        }
    }

    func finish() { changed.finish() }

    /// Computes the next prefetch. Every change costs the broker a consumer, so between none and all, only changes by
    /// half are made.
    static func prefetch(after current: Int, unleased: Int, most: Int) -> Int {
        let wanted = min(max(0, unleased), most)
        let isNear = wanted > 0 && wanted < most && wanted < 2 * current && 2 * wanted > current
        return isNear ? current : wanted
    }
}
