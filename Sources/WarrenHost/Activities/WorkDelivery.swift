import AMQPMessages
import Synchronization
import WarrenMessaging

/// A delivered work item that is acknowledged once, by the first caller that does so.
final class WorkDelivery: Sendable {
    private let queue: WorkQueue
    private let tag: DeliveryTag
    private let isAcknowledged = Atomic(false)

    init(_ message: InboundMessage, from queue: WorkQueue) {
        self.queue = queue
        tag = message.tag
    }

    func acknowledge() {
        if !isAcknowledged.exchange(true, ordering: .acquiringAndReleasing) { queue.subscription.acknowledge([tag]) }
    }

    /// Acknowledges the item although its activity still runs: a lease keeps it.
    func acknowledgeLeased() { queue.acknowledgeLeased(self) }
}
