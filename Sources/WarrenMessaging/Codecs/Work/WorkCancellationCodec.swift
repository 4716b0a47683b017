package import AMQPMessages
import Warren
import WarrenSupport

/// Encodes cancellations. They go to the queue that a worker named in a heartbeat, or to all Warren workers of the hub by
/// the activity exchange, if no worker has said that it has the item.
///
/// The property `correlation_id` is that of the work item. A cancellation of all calls of an execution has none, and names
/// the execution in a header. A worker that is gone does not get it: nobody waits for its effect, so it is not mandatory.
package struct WorkCancellationCodec: Sendable {
    private let hub: TaskHubName

    package init(hub: TaskHubName) {
        self.hub = hub
    }

    /// - Parameter worker: the queue of the worker; `nil` for all workers.
    package func encode(_ cancellation: WorkCancellation, to worker: String?) -> OutboundMessage {
        var message = OutboundMessage(
            exchange: worker == nil ? hub.activityExchange : "", routingKey: worker ?? TaskHubName.cancellationKey,
            isMandatory: false,
            properties: MessageProperties(
                contentType: WireContentType.json,
                headers: [
                    WireHeader.status: "canceled",
                    WireHeader.reason: .string(cancellation.reason.rawValue),
                    WireHeader.instanceID: .string(cancellation.instanceID),
                ], isPersistent: true, type: WireType.cancellation))
        switch cancellation.subject {
        case .call(let correlationID): message.properties.correlationID = correlationID
        case .execution(let executionID): message.properties.headers[WireHeader.executionID] = .string(executionID)
        }
        var body = JSONObjectWriter()
        body.add("reason", cancellation.reason.rawValue)
        message.body = body.bytes
        return message
    }

    /// - Returns: `nil` for any other message.
    package func decode(_ message: InboundMessage) -> WorkCancellation? {
        let properties = message.properties
        guard properties.type == WireType.cancellation else { return nil }
        let subject: WorkCancellation.Subject
        if let correlationID = properties.correlationID, !correlationID.isEmpty {
            subject = .call(correlationID: correlationID)
        } else if let execution = properties.headers[WireHeader.executionID]?.string, !execution.isEmpty {
            subject = .execution(execution)
        } else {
            return nil
        }
        let reason = properties.headers[WireHeader.reason]?.string.flatMap(WorkCancellation.Reason.init) ?? .canceled
        return WorkCancellation(
            subject, reason, instanceID: properties.headers[WireHeader.instanceID]?.string ?? "")
    }
}
