/// A failure of the messaging layer: topology, transport, or bytes of ours that cannot be read back.
package struct MessagingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of the failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case badHubName, missing, different, unsupported, inUse, closed, corrupt, interrupted
        }
        private let value: Value

        /// The hub's name breaks the rule. Choose one of letters, digits, `_` and `-`, beginning with a letter.
        package static let badHubName = Code(value: .badHubName)
        /// An exchange, queue or binding does not exist. Provision the hub's topology first.
        package static let missing = Code(value: .missing)
        /// An exchange or queue exists with other arguments. Remove it, or use another hub name.
        package static let different = Code(value: .different)
        /// The transport cannot do this. The message says what to use instead.
        package static let unsupported = Code(value: .unsupported)
        /// The name is in use by another consumer or host. Choose another.
        package static let inUse = Code(value: .inUse)
        /// The transport or subscription was closed. Make a new one.
        package static let closed = Code(value: .closed)
        /// Stored bytes are not what this version writes. Restore a backup, or run the version that wrote them.
        package static let corrupt = Code(value: .corrupt)

        /// The connection or the other side went away before the answer was known. Try again.
        package static let interrupted = Code(value: .interrupted)

        package var description: String { value.rawValue }
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
