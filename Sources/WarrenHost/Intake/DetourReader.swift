import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenPartition

/// Reads a partition's detour queue: the messages that arrived while the partition took little or nothing, or belonged
/// to another host.
///
/// A subscription is of one ownership: what is delivered while this host does not own the partition stays
/// unacknowledged, and returns to the queue when the subscription is closed.
struct DetourReader: Sendable {
    let partition: Int
    let wire: DetourWire
    let owned: OwnedPartitions
    let intake: PartitionIntake
    let logger: Logger

    /// Reads until the subscription ends. Messages that arrive after the stop flag is set are left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        // Where every key is here from the start, a message with an unknown one is refused.
        guard intake.tenure == .changing else {
            for try await batch in subscription.batches where !stop.isSet { receive(batch, from: subscription) }
            return
        }
        // A message that waits for a key delays all that follow: a marker among them must not come before it.
        let messages = UnjudgedMessages(keys: wire.wire.keys, order: .ofQueue, logger: logger) { arrivals in
            if !stop.isSet { receive(arrivals.map(\.message), from: subscription) }
        }
        messages.begin()
        defer { messages.end() }
        var channel: UInt64?
        for try await batch in subscription.batches where !stop.isSet {
            if let first = batch.first, first.tag.channel != channel {
                channel = first.tag.channel
                // Before this, another host may have read the queue, and taken a marker of ours out of it.
                if case .marker(let number, isOurs: true) = wire.decode(first) {
                    intake.beginReading(at: number)
                } else {
                    intake.beginReading(at: nil)
                }
            }
            messages.receive(batch.map { .init(message: $0) })
        }
    }

    private func receive(_ batch: [InboundMessage], from subscription: any MessageSubscription) {
        guard let mailbox = owned[partition]?.mailbox else { return }
        var inputs: [PartitionInput] = []
        for message in batch {
            let receipt = Receipt.delivery(subscription, message.tag)
            switch wire.decode(message) {
            case .input(let command, let source):
                var input = PartitionInput(.command(command), receipt: receipt, source: source)
                switch command {
                case .query, .purge: break
                default: input.isIntake = true
                }
                inputs.append(input)
            case .marker(let number, let isOurs):
                // Everything before the marker must be in the mailbox before the messages that wait behind it.
                if !inputs.isEmpty { mailbox.add(inputs) }
                inputs = []
                subscription.acknowledge([message.tag])
                if isOurs { intake.returned(marker: number) }
            case .refused(let refusal):
                inputs.append(PartitionInput(.refused(refusal), receipt: receipt, source: message))
            }
        }
        if !inputs.isEmpty { mailbox.add(inputs) }
    }
}
