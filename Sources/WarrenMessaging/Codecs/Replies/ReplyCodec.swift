package import AMQPMessages
package import Warren
import WarrenSupport

/// Encodes and decodes replies: they go through the default exchange into the queue that the requester named.
package enum ReplyCodec {
    /// Encodes a reply as mandatory, so that a requester that is gone is noticed.
    package static func encode(_ reply: ReplyMessage) -> OutboundMessage {
        var headers: FieldTable = [WireHeader.status: .string(reply.status.rawValue)]
        if let instanceID = reply.instanceID { headers[WireHeader.instanceID] = .string(instanceID) }
        var message = OutboundMessage(
            exchange: "", routingKey: reply.address.queue,
            properties: MessageProperties(
                contentType: WireContentType.json, headers: headers, isPersistent: true,
                correlationID: reply.address.correlationID, type: WireType.reply),
            body: reply.body.bytes)
        message.properties.add(reply.trace)
        return message
    }

    /// Builds the reply to a message that was refused: `{"reason", "detail"}`.
    package static func rejection(_ refusal: Refusal, to address: ReplyAddress, instanceID: String? = nil)
        -> ReplyMessage
    {
        ReplyMessage(address: address, status: .rejected, instanceID: instanceID, body: body(of: refusal))
    }

    /// The body of a rejection.
    package static func body(of refusal: Refusal) -> Payload {
        var body = JSONObjectWriter()
        body.add("reason", refusal.reason.rawValue)
        body.add("detail", refusal.detail)
        return body.payload
    }

    /// The body of the reply that a command was taken.
    ///
    /// - Parameter unchanged: the status of the instance, if the command changes nothing: `{"changed": false,
    ///   "runtimeStatus"}`.
    /// - Parameter children: the sub-orchestrations that the command has cut off from the instance.
    package static func accepted(
        _ instanceID: String, unchanged: RuntimeStatus? = nil, children: [String]? = nil
    ) -> Payload {
        var body = JSONObjectWriter()
        body.add("instanceId", instanceID)
        // The spelling of versions up to `7ae5bbe`, for programs that were written for it.
        body.add("instanceID", instanceID)
        if let unchanged {
            body.add("changed", false)
            body.add("runtimeStatus", unchanged.rawValue)
        }
        if let children {
            body.add("children", Array(children.prefix(mostChildren)))
            if children.count > mostChildren { body.add("moreChildren", true) }
        }
        return body.payload
    }

    /// The number of sub-orchestrations that a reply names.
    package static let mostChildren = 1000

    /// The sub-orchestrations that a reset has cut off from the instance.
    package static func children(of reply: ReplyMessage) -> [String] {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(reply.body.bytes) }
        guard reply.status == .accepted, case .success(let object?) = parsed else { return [] }
        return object.array("children").map { JSONObjectReader.plainText($0) }
    }

    /// The status of an instance that a command did not change; `nil` if it did, or the reply does not state it.
    package static func unchangedStatus(of reply: ReplyMessage) -> RuntimeStatus? {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(reply.body.bytes) }
        guard reply.status == .accepted, case .success(let object?) = parsed,
            let changed = object.raw("changed"), changed.elementsEqual("false".utf8)
        else { return nil }
        return object.string("runtimeStatus").flatMap(RuntimeStatus.init(anyCase:))
    }

    /// The refusal that a rejection carries; `nil` if the body has none.
    package static func refusal(of reply: ReplyMessage) -> Refusal? {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(reply.body.bytes) }
        guard reply.status == .rejected, case .success(let object?) = parsed,
            let reason = object.string("reason").flatMap(Refusal.Reason.init(rawValue:))
        else { return nil }
        return Refusal(reason, object.string("detail") ?? "")
    }

    package static func decode(_ message: InboundMessage) -> Result<ReplyMessage, Refusal> {
        Result { () throws(Refusal) in
            let fields = MessageFields(message: message)
            guard let correlationID = message.properties.correlationID else {
                throw Refusal(.badHeader, "A reply needs the property 'correlation_id'.")
            }
            guard let status = try fields.word(WireHeader.status, ReplyMessage.Status.allCases) else {
                throw fields.refuse(WireHeader.status, "a reply's status; it is missing")
            }
            // Sizes that hosts send are trusted: a status with its history may be larger than what hosts take from
            // outside.
            let reader = BodyReader(limits: WireLimits(maximumBodyBytes: 8 << 20, maximumDepth: 128))
            return ReplyMessage(
                address: ReplyAddress(queue: message.routingKey, correlationID: correlationID), status: status,
                instanceID: try fields.text(WireHeader.instanceID),
                body: message.body.isEmpty ? .null : try reader.json(message.body),
                trace: TraceContext(of: message.properties.headers))
        }
    }
}
