package import AMQPMessages
import Warren
package import WarrenMessaging
import WarrenSupport

extension LifecycleMessage {
    /// Reads a message of the exchange `{h}.lifecycle`, as a subscriber would: from its headers and its body.
    package init(reading message: InboundMessage) throws {
        struct Body: Decodable {
            var createdAt: String
            var lastUpdatedAt: String
            var customStatus: Payload?
            var failure: Payload?
        }
        func text(_ header: String) throws -> String {
            guard case .string(let text)? = message.properties.headers[header] else { throw Missing(name: header) }
            return text
        }
        func number(_ header: String) throws -> Int {
            guard let number = message.properties.headers[header]?.integer else { throw Missing(name: header) }
            return Int(clamping: number)
        }
        func time(_ member: String, _ text: String) throws -> Timestamp {
            guard let time = ISO8601.timestamp(text) else { throw Missing(name: member) }
            return time
        }
        let body = try QueryReplyCodec.decode(Body.self, from: Payload(bytes: message.body))
        self.init(
            instanceID: try text(WireHeader.instanceID), executionID: try text(WireHeader.executionID),
            name: try text(WireHeader.name), partition: try number(WireHeader.partition),
            status: try text(WireHeader.status), sequence: try number(WireHeader.sequence),
            createdAt: try time("createdAt", body.createdAt),
            lastUpdatedAt: try time("lastUpdatedAt", body.lastUpdatedAt), customStatus: body.customStatus,
            failure: body.failure.map(FailureCodec.decode))
    }

    /// A header or a member that is absent, or of another type.
    package struct Missing: Error {
        package let name: String
    }
}
