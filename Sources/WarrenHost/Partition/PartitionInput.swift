import Warren
import WarrenMessaging

/// Something that a partition has to deal with.
struct PartitionInput: Sendable {
    enum Kind: Sendable {
        case command(Command)
        /// An activity's work item found no queue for too long.
        case undeliverable(TaskToken, FailureDetails)
        /// A message of ours that cannot be sent.
        case unsendable(UnsendableMessage)
        /// A commit is durable.
        case committed(BatchKeys)
        /// A message that says nothing that we understand.
        case refused(Refusal)
    }

    var kind: Kind
    /// What to settle when the input's effect is durable.
    var receipt: Receipt
    /// The message as it came, for the dead-letter queue.
    var source: InboundMessage?
    /// Whether it begins or steers work from outside, and can wait in its queue while the partition has too much to send.
    var isIntake = false

    init(_ kind: Kind, receipt: Receipt = .none, source: InboundMessage? = nil) {
        self.kind = kind
        self.receipt = receipt
        self.source = source
    }
}

/// How the sender of an input learns that its effect is durable.
enum Receipt: Sendable {
    case none
    case delivery(any MessageSubscription, DeliveryTag)
    /// A message of a partition in this process, which did not go through the broker.
    case local(OutboxDispatcher, OutboxDispatcher.MessageReference)
    /// One of several effects of a delivery.
    case part(SharedReceipt)

    /// Settles receipts, deliveries of one subscription together.
    static func settle(_ receipts: [Receipt]) {
        var groups: [ObjectIdentifier: (subscription: any MessageSubscription, tags: [DeliveryTag])] = [:]
        for receipt in receipts {
            let whole: Receipt
            if case .part(let shared) = receipt { whole = shared.settlePart() } else { whole = receipt }
            switch whole {
            case .none, .part: break
            case .delivery(let subscription, let tag):
                groups[ObjectIdentifier(subscription), default: (subscription, [])].tags.append(tag)
            case .local(let dispatcher, let reference): dispatcher.settleMessage(reference)
            }
        }
        for group in groups.values { group.subscription.acknowledge(group.tags) }
    }
}
