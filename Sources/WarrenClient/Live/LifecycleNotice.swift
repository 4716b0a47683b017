import AMQPMessages
package import Warren
import WarrenMessaging

/// A change of an instance that a host has published to `{h}.lifecycle`.
package struct LifecycleNotice: Sendable, Hashable {
    package var instanceID: String
    /// The orchestration.
    package var name: String
    /// The name of a runtime status, or `StartIgnored`.
    package var status: String
    /// The body: one JSON object with everything.
    package var json: Payload

    /// Reads a message; `nil` if it is not from a host: anybody with the right to write to the exchange can publish there.
    init?(_ message: InboundMessage) {
        guard message.properties.type == WireType.lifecycle,
            let instanceID = message.properties.headers[WireHeader.instanceID]?.string,
            let name = message.properties.headers[WireHeader.name]?.string,
            let status = message.properties.headers[WireHeader.status]?.string
        else { return nil }
        do {
            guard try JSONNode(Payload(bytes: message.body), maximumDepth: Self.maximumDepth).members != nil else {
                return nil
            }
        } catch {
            return nil
        }
        self.instanceID = instanceID
        self.name = name
        self.status = RuntimeStatus(anyCase: status)?.rawValue ?? status
        json = Payload(bytes: message.body)
    }

    /// A custom status is nested as deep as hosts allow, and is a member of the body.
    private static let maximumDepth = 128
}
