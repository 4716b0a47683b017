import Warren
import WarrenMessaging

/// A message that cannot be sent, however often it is tried, and why.
struct UnsendableMessage: Sendable {
    /// What the broker, or our own bound, has against it.
    struct Fault: Sendable, CustomStringConvertible {
        /// The size and the limit, if that is the fault.
        var size: (bytes: Int, limit: Int)?
        var text: String

        init(bytes: Int, limit: Int) {
            size = (bytes, limit)
            text = "its body has \(bytes) bytes; at most \(limit) are sent"
        }

        init(code: Int, text: String) {
            self.text = "the broker refuses it: \(text) (\(code))"
        }

        var description: String { text }

        /// What whoever waits for the message is told.
        func failure(of subject: String) -> FailureDetails {
            if let size { return .payloadTooLarge(subject, bytes: size.bytes, limit: size.limit) }
            return FailureDetails(
                type: "UnsendableMessage", message: "\(subject) cannot be sent: \(text)", isNonRetriable: true)
        }
    }

    var message: OutboundMessage
    var fault: Fault
}
