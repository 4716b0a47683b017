package import Warren
package import WarrenMessaging

/// A message that cannot be sent, however often it is tried, and why.
package struct UnsendableMessage: Sendable {
    /// What the broker, or our own bound, has against it.
    package struct Fault: Sendable, CustomStringConvertible {
        /// The size and the limit, if that is the fault.
        package var size: (bytes: Int, limit: Int)?
        package var text: String

        package init(bytes: Int, limit: Int) {
            size = (bytes, limit)
            text = "its body has \(bytes) bytes; at most \(limit) are sent"
        }

        package init(code: Int, text: String) {
            self.text = "the broker refuses it: \(text) (\(code))"
        }

        package var description: String { text }

        /// What whoever waits for the message is told.
        package func failure(of subject: String) -> FailureDetails {
            if let size { return .payloadTooLarge(subject, bytes: size.bytes, limit: size.limit) }
            return FailureDetails(
                type: "UnsendableMessage", message: "\(subject) cannot be sent: \(text)", isNonRetriable: true)
        }
    }

    package var message: OutboundMessage
    package var fault: Fault

    package init(message: OutboundMessage, fault: Fault) {
        self.message = message
        self.fault = fault
    }
}
