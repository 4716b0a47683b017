package import AMQPMessages
import Warren

/// Encodes work items: plain RPC over AMQP. The body is the activity's input; `reply_to` and `correlation_id` are for
/// the answer.
///
/// Any RPC server of the RabbitMQ tutorials is a worker: it needs to read nothing but the body.
package struct WorkItemCodec: Sendable {
    /// A work item as a worker receives it.
    package typealias Received = (item: WorkItem, replyTo: String, correlationID: String)

    /// The value of the header for references to payloads.
    private static let reference = "reference"

    private let hub: TaskHubName
    let limits: WireLimits

    package init(hub: TaskHubName, limits: WireLimits = .init()) {
        self.hub = hub
        self.limits = limits
    }

    /// - Parameters:
    ///   - replyTo: the queue of the partition that waits for the result.
    ///   - signer: the signer of that partition. Workers have none: they echo the correlation ID.
    package func encode(_ item: WorkItem, replyTo: String, signer: TokenSigner) -> OutboundMessage {
        let token = item.token
        var message = OutboundMessage(
            exchange: hub.activityExchange, routingKey: item.activity,
            properties: MessageProperties(
                contentType: WireContentType.json,
                headers: [
                    WireHeader.activity: .string(item.activity),
                    WireHeader.orchestration: .string(item.orchestration),
                    WireHeader.instanceID: .string(token.instanceID),
                    WireHeader.executionID: .string(token.executionID),
                    WireHeader.taskID: .int64(Int64(token.taskID)),
                    WireHeader.attempt: .int64(Int64(item.attempt)),
                    WireHeader.idempotencyKey: .string(item.idempotencyKey),
                ],
                isPersistent: true, correlationID: signer.sign(token), replyTo: replyTo,
                messageID: "\(token.instanceID):\(token.executionID):\(token.taskID):\(item.attempt)",
                type: WireType.work),
            body: item.input.bytes)
        Self.addTerms(of: item, to: &message.properties.headers)
        if item.takesReferences { message.properties.headers[WireHeader.payloads] = .string(Self.reference) }
        message.properties.add(item.trace)
        return message
    }

    package func decode(_ message: InboundMessage) -> Result<Received, Refusal> {
        Result { () throws(Refusal) in try received(message) }
    }

    private func received(_ message: InboundMessage) throws(Refusal) -> Received {
        let fields = MessageFields(message: message)
        try limits.check(message)
        guard let replyTo = message.properties.replyTo, !replyTo.isEmpty else {
            throw Refusal(.badReplyTo, "A work item needs the property 'reply_to'.")
        }
        guard let correlationID = message.properties.correlationID else {
            throw Refusal(.badHeader, "A work item needs the property 'correlation_id'.")
        }
        let named = try fields.text(WireHeader.activity)
        let activity = named ?? message.routingKey
        try WireRules.checkName(
            activity, of: "an activity", field: named == nil ? "routing key" : "header 'warren-activity'")
        let input = try BodyReader(limits: limits).content(of: message).payload
        let token = TaskToken(
            partition: hub.partition(ofQueue: replyTo) ?? 0,
            instanceID: try fields.text(WireHeader.instanceID) ?? "",
            executionID: try fields.text(WireHeader.executionID) ?? "",
            taskID: Int(try fields.integer(WireHeader.taskID, in: 0...Int64(Int32.max)) ?? 0))
        var item = WorkItem(
            activity: activity, input: input, token: token,
            orchestration: try fields.text(WireHeader.orchestration) ?? "",
            attempt: Int(try fields.integer(WireHeader.attempt, in: 1...Int64(Int32.max)) ?? 1),
            idempotencyKey: try fields.text(WireHeader.idempotencyKey),
            trace: TraceContext(of: message.properties.headers))
        try Self.readTerms(fields, into: &item)
        item.takesReferences = try fields.text(WireHeader.payloads) == Self.reference
        return (item, replyTo, correlationID)
    }
}
