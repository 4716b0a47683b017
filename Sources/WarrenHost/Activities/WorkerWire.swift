import AMQP
import Warren
import WarrenMessaging

/// Everything that an activity worker says and hears, as messages.
struct WorkerWire: Sendable {
    private let names: TaskHubName
    private let workItems: WorkItemCodec
    private let results: WorkResultCodec
    private let limits = WireLimits()
    /// What hosts of the hub may send as input.
    private let inputLimit: Int

    /// - Parameter inputLimit: how large a work item's body may be, in bytes.
    init(names: TaskHubName, inputLimit: Int) {
        self.names = names
        let inputs = WireLimits(maximumBodyBytes: inputLimit)
        self.inputLimit = inputs.maximumBodyBytes
        workItems = WorkItemCodec(hub: names, limits: inputs)
        results = WorkResultCodec(hub: names)
    }

    func decode(_ message: InboundMessage) -> Result<WorkCall, Refusal> {
        workItems.decode(message).map { received in
            WorkCall(
                item: received.item, replyTo: received.replyTo, correlationID: received.correlationID,
                deliveries: Int(
                    clamping: min(max(message.properties.headers["x-delivery-count"]?.integer ?? 0, 0), 1 << 32) + 1))
        }
    }

    /// A result that is larger than what hosts take is a failed activity: the orchestrator can do something about it.
    func result(_ outcome: WorkResult.Outcome, of call: WorkCall) -> OutboundMessage {
        var outcome = outcome
        if case .completed(let value) = outcome, value.bytes.count > limits.maximumBodyBytes {
            outcome = .failed(
                .payloadTooLarge(
                    "The result of activity '\(call.item.activity)'", bytes: value.bytes.count,
                    limit: limits.maximumBodyBytes))
        }
        return results.encode(
            outcome, replyTo: call.replyTo, correlationID: call.correlationID, attempt: call.item.attempt)
    }

    /// What the orchestrator is told of a work item that cannot be run; `nil` if the item does not say whom to tell.
    ///
    /// Not to be tried again: the next one would be the same.
    func answer(_ refusal: Refusal, to message: InboundMessage) -> OutboundMessage? {
        let properties = message.properties
        guard let replyTo = properties.replyTo, !replyTo.isEmpty, let correlationID = properties.correlationID else {
            return nil
        }
        let failure: FailureDetails
        if refusal.reason == .tooLarge, message.body.count > inputLimit {
            let named = message.properties.headers[WireHeader.activity]?.string
            let activity = WireRules.excerpt(named ?? message.routingKey)
            failure = .payloadTooLarge(
                "The input of activity '\(activity)'", bytes: message.body.count, limit: inputLimit)
        } else {
            failure = FailureDetails(
                type: "UnreadableWorkItem",
                message: "A worker refused the work item (\(refusal.reason.rawValue)): \(refusal.detail) The item is "
                    + "in the hub's dead-letter queue.",
                isNonRetriable: true)
        }
        return results.encode(.failed(failure), replyTo: replyTo, correlationID: correlationID)
    }

    /// What the orchestrator is told when the broker does not take the result.
    func unsendable(_ reason: String, of call: WorkCall) -> OutboundMessage {
        let failure = FailureDetails(
            type: FailureDetails.payloadTooLargeType,
            message: "The result of activity '\(call.item.activity)' cannot be sent: \(reason).", isNonRetriable: true)
        return results.encode(
            .failed(failure), replyTo: call.replyTo, correlationID: call.correlationID, attempt: call.item.attempt)
    }

    func console(_ message: ConsoleMessage) -> OutboundMessage {
        ConsoleCodec(hub: names).encode(message)
    }

    func deadLetter(_ message: InboundMessage, _ refusal: Refusal, at time: Timestamp) -> OutboundMessage {
        DeadLetterCodec(hub: names).encode(message, refusal, host: HostName.current, at: time)
    }
}

/// A work item as it came, and how to answer it.
struct WorkCall: Sendable {
    var item: WorkItem
    var replyTo: String
    var correlationID: String
    /// How often the broker has delivered it, from 1.
    var deliveries: Int
}
