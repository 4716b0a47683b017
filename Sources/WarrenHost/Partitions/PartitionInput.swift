import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// An input of a partition.
struct PartitionInput: Sendable {
    /// The work, and the message as received, for the dead-letter queue.
    let content: InputContent
    /// The receipt to settle when the input's effect is durable.
    var receipt: Receipt
    /// Whether it starts or controls work from outside, and can wait in its queue while the partition has too much to
    /// send.
    var isIntake = false
    /// Whether it is a question that was postponed until the partition had failed a damaged instance.
    var waitedForDamage = false

    init(_ kind: Work, receipt: Receipt = .none, source: InboundMessage? = nil) {
        content = InputContent(kind, source: source)
        self.receipt = receipt
    }

    /// Takes a command as a partition of this process has made it.
    init(_ message: CommandMessage, receipt: Receipt) {
        content = InputContent(message)
        self.receipt = receipt
    }

    var kind: Work { content.work }
    var source: InboundMessage? { content.source }

    /// Whether it comes from another partition of the process.
    var isLocal: Bool {
        if case .local = receipt { true } else { false }
    }
}

/// The way in which the sender of an input learns that its effect is durable.
enum Receipt: Sendable {
    case none
    case delivery(any MessageSubscription, DeliveryTag)
    /// A delivery of the intake's queue, which all partitions share: each has a part of the prefetch.
    case intake(any MessageSubscription, DeliveryTag, IntakeShare)
    /// A message of a partition in this process, which did not go through the broker.
    case local(OutboxDispatcher, OutboxDispatcher.MessageReference)
    /// The answer to a work item that did not go through the broker.
    case work(LocalAnswer)
    /// One of several effects of a delivery.
    case part(SharedReceipt)
    /// Something in this process that waits for the effect.
    case told(OneShot<Bool>)
    /// One of several effects of a delivery of the intake's queue, in the partition's part of the prefetch.
    case intakePart(SharedReceipt, IntakeShare)

    /// The share in which the receipt is counted, if it is one of the intake's.
    var share: IntakeShare? {
        switch self {
        case .intake(_, _, let share), .intakePart(_, let share): share
        case .none, .delivery, .local, .work, .part, .told: nil
        }
    }

    /// Settles receipts, deliveries of one subscription together.
    static func settle(_ receipts: [Receipt]) {
        // A partition has a handful of subscriptions: a linear search is cheaper than hashing.
        var groups: [(subscription: any MessageSubscription, tags: [DeliveryTag])] = []
        func add(_ tag: DeliveryTag, of subscription: any MessageSubscription) {
            if let index = groups.firstIndex(where: { $0.subscription === subscription }) {
                groups[index].tags.append(tag)
            } else {
                groups.append((subscription, [tag]))
            }
        }
        var works: [LocalWork] = []
        for receipt in receipts {
            receipt.share?.settled()
            let whole: Receipt
            switch receipt {
            case .part(let shared), .intakePart(let shared, _): whole = shared.settlePart()
            default: whole = receipt
            }
            switch whole {
            case .none, .part, .intakePart: break
            case .delivery(let subscription, let tag): add(tag, of: subscription)
            case .intake(let subscription, let tag, _): add(tag, of: subscription)
            case .local(let dispatcher, let reference): dispatcher.settle([reference])
            case .work(let answer): works.append(answer.work)
            case .told(let effect): effect.set(true)
            }
        }
        if !works.isEmpty { LocalWork.settle(works) }
        for group in groups { group.subscription.acknowledge(group.tags) }
    }
}
