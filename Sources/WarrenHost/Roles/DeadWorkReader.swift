import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Reads the work items that the broker gave up (rejected, expired, delivered too often), and turns each into a failed
/// activity, so that the orchestrations that wait for them are notified.
///
/// A partition of this host takes the failure like any result, and the item is acknowledged when the failure is
/// committed. For a partition that does not run, or that has more of them than its share, it is published as a result,
/// and acknowledged when the broker has it. An item may be delivered twice; the second failure finds no open task.
struct DeadWorkReader: Sendable {
    let names: TaskHubName
    /// The partitions of this host at the time of an item.
    let owned: OwnedPartitions
    /// Each partition's part of the deliveries that may be unacknowledged: a partition that takes nothing must not have
    /// them all.
    let shares: [Int: IntakeShare]
    /// The number of deliveries in such a part.
    let limit: Int
    /// Encodes dead letters.
    let wire: PartitionWire
    let publisher: ReliablePublisher
    let clock: any HostClock
    let logger: Logger

    /// Reads until the subscription ends. Items that arrive after the stop flag is set are left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        for try await batch in subscription.batches where !stop.isSet {
            for message in batch { receive(message, from: subscription) }
        }
    }

    private func receive(_ message: InboundMessage, from subscription: any MessageSubscription) {
        let receipt = Receipt.delivery(subscription, message.tag)
        let item: DeadWorkItem
        switch DeadWorkItem.decode(message) {
        case .success(let decoded): item = decoded
        case .failure(let refusal): return refuse(message, refusal, receipt)
        }
        guard let number = names.partition(ofQueue: item.replyTo) else {
            let refusal = Refusal(.badReplyTo, "'reply_to' of a dead work item names no partition of this hub.")
            return refuse(message, refusal, receipt)
        }
        logger.warning(
            "The broker gave up a work item",
            metadata: [
                LogKey.activity: "\(item.activity)", LogKey.reason: "\(item.reason)", LogKey.queue: "\(item.queue)",
                LogKey.deliveries: "\(item.deliveries.map { "\($0)" } ?? "unknown")",
            ])
        if let partition = owned[number], let share = shares[number], share.count < limit,
            !partition.mailbox.isClosed
        {
            guard let token = partition.wire.token(item.correlationID) else {
                let refusal = Refusal(
                    .unmatchedResult, "The 'correlation_id' of a dead work item is none that this hub gave out.")
                return refuse(message, refusal, receipt)
            }
            let result = WorkResult(token: token, outcome: .failed(item.failure))
            share.add(1)
            let shared = Receipt.intake(subscription, message.tag, share)
            let input = PartitionInput(.command(.workResult(result)), receipt: shared, source: message)
            if partition.mailbox.offer(input) { return }
            // The partition has ended at this moment.
            share.settled()
        }
        publish(item, of: message, receipt)
    }

    /// Publishes the failure as a result. The owner checks the correlation ID, as it does with every result.
    private func publish(_ item: DeadWorkItem, of message: InboundMessage, _ receipt: Receipt) {
        let result = WorkResultCodec(hub: names).encode(
            .failed(item.failure), replyTo: item.replyTo, correlationID: item.correlationID)
        publisher.publish([result]) { end in
            switch end {
            case .confirmed: Receipt.settle([receipt])
            case .unroutable, .unsendable:
                let refusal = Refusal(
                    .badReplyTo, "'reply_to' of a dead work item names a partition that this hub does not have.")
                refuse(message, refusal, receipt)
            case .abandoned: break
            }
        }
    }

    /// Publishes the failures that are in the mailbox of a partition that has ended here: they are for its next owner.
    func release(_ mailbox: PartitionMailbox, of partition: Int) {
        guard let share = shares[partition] else { return }
        for input in mailbox.withdraw(share) {
            guard let message = input.source, case .success(let item) = DeadWorkItem.decode(message) else { continue }
            publish(item, of: message, input.receipt)
        }
    }

    private func refuse(_ message: InboundMessage, _ refusal: Refusal, _ receipt: Receipt) {
        logger.notice(
            "A dead work item was refused",
            metadata: [LogKey.reason: "\(refusal.reason.rawValue)", LogKey.detail: "\(refusal.detail)"])
        // The item is first made safe as a dead letter, then acknowledged.
        publisher.publish([wire.deadLetter(message, refusal, partition: nil, at: clock.now)]) { end in
            if end.isSafeOrHopeless { Receipt.settle([receipt]) }
        }
    }
}
