package import AMQPMessages
import Warren

/// Tells workers that calls were given up.
extension PartitionWire {
    /// Builds the message that one call was given up.
    ///
    /// - Parameter worker: the queue of the worker that has the item; `nil` if none has said so, for all of them.
    package func cancellation(
        of token: TaskToken, _ reason: WorkCancellation.Reason, to worker: String?
    ) -> OutboundMessage {
        WorkCancellationCodec(hub: names).encode(
            WorkCancellation(.call(correlationID: signer.sign(token)), reason, instanceID: token.instanceID),
            to: worker)
    }

    /// Builds the message to all workers that all calls of an execution were given up.
    package func cancellation(ofExecution executionID: String, of instanceID: String) -> OutboundMessage {
        WorkCancellationCodec(hub: names).encode(
            WorkCancellation(.execution(executionID), .ended, instanceID: instanceID), to: nil)
    }

    /// Removes the work item of a call from messages that are not sent yet.
    ///
    /// - Returns: whether it was among them.
    package func removeWorkItem(of token: TaskToken, from messages: inout [OutboxMessage]) -> Bool {
        let correlationID = signer.sign(token)
        guard
            let index = messages.firstIndex(where: {
                guard case .encoded(let message) = $0, message.exchange == names.activityExchange else { return false }
                return message.properties.correlationID == correlationID
            })
        else { return false }
        messages.remove(at: index)
        return true
    }

    /// Whether messages may go to a queue that a worker named as its own: one for replies, or one of a Warren worker.
    package func admits(worker queue: String) -> Bool {
        names.isWorkerQueue(queue) && queue.utf8.count <= 255 || replies.allows(queue, hub: names)
    }
}
