import AMQPMessages
import Warren
import WarrenMessaging
import WarrenPartition

/// Reads a partition's detour queue: the messages that arrived while the partition took little or nothing.
struct DetourReader: Sendable {
    let wire: DetourWire
    let mailbox: PartitionMailbox
    let intake: PartitionIntake

    /// Reads until the subscription ends. Messages that arrive after the stop flag is set are left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        for try await batch in subscription.batches where !stop.isSet {
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
}
