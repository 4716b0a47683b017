import Logging
import Synchronization
import WarrenMessaging

/// An activity's queue as one worker takes from it: no more than it has places for.
///
/// A broker sends as many messages as are not acknowledged, and those of long activities are acknowledged while they run.
/// So before that happens the prefetch is lowered to the places that are left, down to nothing; what is in the queue is
/// then free for workers that have some.
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

    /// - Parameter most: the prefetch that the subscription has, and has again when no activity is long.
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

    /// Acknowledges an item that is under a lease from now on, as soon as nothing comes in its place for which there is
    /// no room.
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
                    "Long activities have all places; the queue is left to others", metadata: ["queue": "\(name)"])
            } else if next > 0, prefetch == 0 {
                logger.info("Work is taken from the queue again", metadata: ["queue": "\(name)"])
            }
            prefetch = next
        }
    }

    func finish() { changed.finish() }

    /// Every change costs the broker a consumer. So between nothing and all, only changes by half are made.
    static func prefetch(after current: Int, unleased: Int, most: Int) -> Int {
        let wanted = min(max(0, unleased), most)
        let isNear = wanted > 0 && wanted < most && wanted < 2 * current && 2 * wanted > current
        return isNear ? current : wanted
    }
}
