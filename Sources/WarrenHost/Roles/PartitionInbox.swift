import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenPartition

/// Reads a partition's own queue: messages of other hosts and partitions, and answers of workers.
///
/// A message of a partition without a key here stays unacknowledged until the key is added; later ones of that
/// partition wait behind it.
struct PartitionInbox: Sendable {
    let wire: PartitionWire
    let mailbox: PartitionMailbox
    let logger: Logger
    /// The number of messages that were in the queue when it was first read by a version that requires signatures:
    /// those may have none. `nil` if this is not the first time.
    var unsigned: Int?

    /// Reads until the subscription ends. Messages that arrive after the stop flag is set are left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        var allowance = UnsignedAllowance(unsigned)
        let messages = UnjudgedMessages(keys: wire.keys, order: .ofSender, logger: logger) { arrivals in
            if !stop.isSet { mailbox.add(arrivals.compactMap { input($0, from: subscription) }) }
        }
        messages.begin()
        defer { messages.end() }
        for try await batch in subscription.batches where !stop.isSet {
            messages.receive(batch.map { .init(message: $0, acceptsUnsigned: allowance.accepts($0)) })
        }
    }

    private func input(
        _ arrival: UnjudgedMessages.Arrival, from subscription: any MessageSubscription
    ) -> PartitionInput? {
        let message = arrival.message
        let receipt = Receipt.delivery(subscription, message.tag)
        switch wire.receive(message, acceptsUnsigned: arrival.acceptsUnsigned) {
        case .success(let command): return PartitionInput(.command(command), receipt: receipt, source: message)
        case .failure(let refusal): return PartitionInput(.refused(refusal), receipt: receipt, source: message)
        case nil: return nil
        }
    }
}

/// The messages that may be without a signature: those that were in the queue before this host, which is the first one
/// that requires signatures.
///
/// A queue keeps its order, so they are the first ones to arrive. Those that had been delivered to the host before are
/// not counted among the waiting ones, but the broker marks them. After the first channel the mark means nothing any
/// more.
struct UnsignedAllowance {
    private var rest: Int
    private let isOpen: Bool
    private var channel: UInt64?

    init(_ count: Int?) {
        rest = count ?? 0
        isOpen = count != nil
    }

    mutating func accepts(_ message: InboundMessage) -> Bool {
        guard isOpen else { return false }
        let first = channel ?? message.tag.channel
        channel = first
        guard message.tag.channel == first else { return false }
        if message.isRedelivered { return true }
        guard rest > 0 else { return false }
        rest -= 1
        return true
    }
}
