import Logging
import Warren
import WarrenMessaging

/// Reads a partition's own queue: what other hosts forwarded, and what workers answered.
struct PartitionInbox: Sendable {
    let wire: PartitionWire
    let mailbox: PartitionMailbox

    /// Reads until the subscription ends. What comes after the stop flag is set is left to the next host.
    func run(_ subscription: any MessageSubscription, stop: StopFlag) async throws {
        for try await batch in subscription.batches where !stop.isSet {
            mailbox.add(
                batch.map { message in
                    let receipt = Receipt.delivery(subscription, message.tag)
                    switch wire.decode(message) {
                    case .success(let command):
                        return PartitionInput(.command(command), receipt: receipt, source: message)
                    case .failure(let refusal):
                        return PartitionInput(.refused(refusal), receipt: receipt, source: message)
                    }
                })
        }
    }
}
