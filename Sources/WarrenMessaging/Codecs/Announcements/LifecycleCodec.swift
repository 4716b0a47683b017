package import AMQPMessages
import Warren
import WarrenSupport

/// Encodes lifecycle messages: `{h}.lifecycle`, routing keys `orchestration.<status>.<name>` and
/// `instance.<id>.<status>`.
///
/// The same facts are written three times, for three kinds of readers: as `warren-*` headers, as the attributes of a
/// cloud event, and as the JSON body.
package struct LifecycleCodec: Sendable {
    private let hub: TaskHubName

    package init(hub: TaskHubName) {
        self.hub = hub
    }

    package func encode(_ message: LifecycleMessage) -> OutboundMessage {
        let time = ISO8601.text(message.lastUpdatedAt)
        let id = "\(message.instanceID):\(message.executionID):\(message.sequence)"
        var announcement = OutboundMessage(
            exchange: hub.lifecycleExchange, routingKey: "orchestration.\(message.status).\(message.name)",
            isMandatory: false,
            properties: MessageProperties(
                contentType: WireContentType.json,
                headers: [
                    "CC": .array([.string("instance.\(message.instanceID).\(message.status)")]),
                    WireHeader.instanceID: .string(message.instanceID),
                    WireHeader.executionID: .string(message.executionID),
                    WireHeader.name: .string(message.name),
                    WireHeader.partition: .int64(Int64(message.partition)),
                    WireHeader.status: .string(message.status),
                    WireHeader.sequence: .int64(Int64(message.sequence)),
                    "cloudEvents_specversion": "1.0",
                    "cloudEvents_id": .string(id),
                    "cloudEvents_type": .string("warren.orchestration.\(message.status)"),
                    "cloudEvents_source": .string("/hub/\(hub.text)/p/\(message.partition)"),
                    "cloudEvents_subject": .string(message.instanceID),
                    "cloudEvents_time": .string(time),
                ],
                isPersistent: true, messageID: id, timestamp: seconds(message.lastUpdatedAt),
                type: WireType.lifecycle),
            body: body(message, time).bytes)
        // Whoever binds a queue reads lifecycle messages: baggage is for those who take part in the work.
        announcement.properties.add(message.trace?.carrying(nil))
        return announcement
    }

    private func body(_ message: LifecycleMessage, _ time: String) -> Payload {
        var body = JSONObjectWriter()
        body.add("instanceId", message.instanceID)
        body.add("executionId", message.executionID)
        body.add("name", message.name)
        body.add("status", message.status)
        body.add("seq", message.sequence)
        body.add("createdAt", ISO8601.text(message.createdAt))
        body.add("lastUpdatedAt", time)
        // A large custom status is left out: the status of the instance has all of it.
        body.add("customStatus", ifPresent: message.customStatus.flatMap { $0.bytes.count <= 64 << 10 ? $0 : nil })
        body.add("failure", ifPresent: message.failure.map(FailureCodec.encode))
        return body.payload
    }
}

/// Whole seconds for the `timestamp` property, which has no fraction and no time before 1970.
func seconds(_ time: Timestamp) -> UInt64 { UInt64(max(0, time.microseconds / 1_000_000)) }
