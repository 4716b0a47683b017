package import AMQPMessages
package import Warren
import WarrenMessaging

/// A message that cannot be sent, however often it is tried, with the reason.
package struct UnsendableMessage: Sendable {
    /// The objection of the broker, or our own bound.
    package struct Fault: Sendable, CustomStringConvertible {
        /// The size and the limit, if the message is too large.
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

        /// Builds the failure that is reported to whatever waits for the message.
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
