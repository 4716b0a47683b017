import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging

/// A work item as it came here, which is acknowledged once, by the first caller that does so.
final class WorkDelivery: Sendable {
    private enum Origin {
        case queue(WorkQueue, DeliveryTag)
        /// A partition of this process.
        case partition(LocalWork)
    }

    private let origin: Origin
    private let isAcknowledged = Atomic(false)

    init(_ message: InboundMessage, from queue: WorkQueue) {
        origin = .queue(queue, message.tag)
    }

    init(_ work: LocalWork) {
        origin = .partition(work)
    }

    /// Whether it came past the broker.
    var isLocal: Bool { if case .partition = origin { true } else { false } }

    func acknowledge() {
        switch origin {
        case .queue(let queue, let tag):
            if !isAcknowledged.exchange(true, ordering: .acquiringAndReleasing) {
                queue.subscription.acknowledge([tag])
            }
        case .partition(let work): work.settle()
        }
    }

    /// Acknowledges the item although its activity still runs: a lease keeps it.
    func acknowledgeLeased() {
        switch origin {
        case .queue(let queue, _): queue.acknowledgeLeased(self)
        case .partition(let work): work.settle()
        }
    }

    /// Returns the item unanswered, because this process ends. A queue has it again when the subscription is closed.
    func leave() {
        if case .partition(let work) = origin { work.leave() }
    }

    /// Answers the item past the broker, if it came past the broker.
    ///
    /// - Parameters:
    ///   - earlier: the answers that precede the last one.
    ///   - send: sends the answers through the broker, if the partition ends here before it takes them.
    /// - Returns: whether it is answered.
    func answer(
        _ earlier: [WorkResult], _ last: WorkResult, otherwise send: @escaping @Sendable () -> Void
    ) -> Bool {
        guard case .partition(let work) = origin else { return false }
        return work.answer(earlier, last, otherwise: send)
    }
}
