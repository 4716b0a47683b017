import AMQPMessages
import Warren
import WarrenMessaging

/// Encodes and decodes every message that an activity worker sends or receives.
struct WorkerWire: Sendable {
    private let names: TaskHubName
    private let workItems: WorkItemCodec
    private let results: WorkResultCodec
    private let limits = WireLimits()
    /// The largest input that hosts of the hub may send.
    private let inputLimit: Int

    /// - Parameter inputLimit: the maximum size of a work item's body, in bytes.
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

    /// Whether hosts of the hub may send an item that was not decoded here.
    func takes(_ item: WorkItem) -> Bool { item.input.bytes.count <= inputLimit }

    /// Encodes a result; one that is too large as ``sendable(_:of:)`` has it.
    func result(_ outcome: WorkResult.Outcome, of call: WorkCall) -> OutboundMessage {
        results.encode(
            sendable(outcome, of: call), replyTo: call.replyTo, correlationID: call.correlationID,
            attempt: call.item.attempt)
    }

    /// Returns the outcome, or, if its result is larger than hosts accept, the failed activity that stands for it, which the
    /// orchestrator can handle.
    func sendable(_ outcome: WorkResult.Outcome, of call: WorkCall) -> WorkResult.Outcome {
        guard case .completed(let value) = outcome, value.bytes.count > limits.maximumBodyBytes else { return outcome }
        return .failed(
            .payloadTooLarge(
                "The result of activity '\(call.item.activity)'", bytes: value.bytes.count,
                limit: limits.maximumBodyBytes))
    }

    /// Builds the report to the orchestrator of a work item that cannot be run; `nil` if the item names no address for
    /// it.
    ///
    /// The failure is not to be retried: the next attempt would fail in the same way.
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

    /// Builds the report to the orchestrator that the broker does not accept the result.
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

/// A work item as received, with what is needed to answer it.
struct WorkCall: Sendable {
    var item: WorkItem
    var replyTo: String
    var correlationID: String
    /// The number of times that the broker has delivered it, from 1.
    var deliveries: Int
}
