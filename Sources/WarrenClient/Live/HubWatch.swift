import AMQPMessages
import Logging
import WarrenMessaging
import WarrenSupport

/// A copy of what an exchange of the hub passes on, from the moment of its making.
///
/// It has a queue of its own on the broker, which is bounded and ends with the connection: what is published while there
/// is none is not seen.
package struct HubWatch<Item: Sendable>: Sendable {
    let subscription: any MessageSubscription
    let decode: @Sendable (InboundMessage) -> Item?
    let logger: Logger

    /// Reads until the watch is closed or the task is cancelled; it is called once.
    ///
    /// - Parameters:
    ///   - renewed: called when the queue was made anew after a loss of the connection, so that items may be missing.
    ///   - items: called with what has arrived, in order.
    /// - Throws: ``ClientError`` when it cannot go on.
    package func read(renewed: () -> Void, items: ([Item]) -> Void) async throws {
        do {
            for try await batch in subscription.batches {
                guard !batch.isEmpty else {
                    renewed()
                    continue
                }
                subscription.acknowledge(batch.map(\.tag))
                let found = batch.compactMap(decode)
                if found.count < batch.count {
                    logger.debug(
                        "Messages that are not from a host were dropped",
                        metadata: [LogKey.count: "\(batch.count - found.count)"])
                }
                if !found.isEmpty { items(found) }
            }
        } catch let error as MessagingError {
            throw ClientError(.unreachable, "The hub cannot be watched any more: \(error.message)", cause: error)
        }
    }

    /// Ends the watch.
    package func close() async {
        await subscription.close()
    }
}
