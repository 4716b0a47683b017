import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenSupport

/// Hears which calls were given up.
extension ActivityRole {
    /// Makes the queue of this worker process, in which it is told that calls were given up: its own, which it names in
    /// its heartbeats, and one that gets what concerns all workers.
    ///
    /// - Parameter id: distinguishes the process from every other one.
    /// - Returns: `nil` if the broker does not permit it: activities then run to their end, and late answers are dropped.
    func hearCancellations(
        from transport: any MessageTransport, names: TaskHubName, id: String
    ) async -> (any MessageSubscription)? {
        let queue = names.workerQueue(id)
        do {
            let subscription = try await transport.watch(
                names.activityExchange, routingKey: TaskHubName.cancellationKey, queue: queue, prefetch: 200)
            leases.name(queue)
            return subscription
        } catch {
            logger.warning(
                """
                Running activities are not cancelled here when their callers give them up: the queue for that cannot be \
                made. A worker needs the rights to configure, write and read its queues, and to read the activity exchange
                """, metadata: [LogKey.queue: "\(queue)", LogKey.error: "\(error)"])
            return nil
        }
    }

    /// Cancels activities until the subscription ends.
    func runCancellations(_ subscription: any MessageSubscription, names: TaskHubName) async {
        do {
            for try await batch in subscription.batches {
                for message in batch { cancel(message, names) }
                if !batch.isEmpty { subscription.acknowledge(batch.map(\.tag)) }
            }
        } catch {
            // Activities run to their end without it. A host that stops closes the subscription.
            logger.warning("Calls that are given up are not heard of any more", metadata: [LogKey.error: "\(error)"])
        }
    }

    private func cancel(_ message: InboundMessage, _ names: TaskHubName) {
        guard let cancellation = WorkCancellationCodec(hub: names).decode(message) else { return }
        leases.cancel(cancellation)
        logger.debug(
            "A call was given up",
            metadata: [
                LogKey.instance: "\(cancellation.instanceID)", LogKey.reason: "\(cancellation.reason.rawValue)",
            ])
    }
}
