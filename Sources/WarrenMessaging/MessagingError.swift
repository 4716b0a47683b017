/// A failure of the messaging layer: topology, transport, or bytes of ours that cannot be read back.
public struct MessagingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of the failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case badHubName, missing, different, unsupported, inUse, closed, corrupt, interrupted
        }
        private let value: Value

        /// The hub's name breaks the rule. Choose one of letters, digits, `_` and `-`, beginning with a letter.
        public static let badHubName = Code(value: .badHubName)
        /// An exchange, queue or binding does not exist. Provision the hub's topology first.
        public static let missing = Code(value: .missing)
        /// An exchange or queue exists with other arguments. Remove it, or use another hub name.
        public static let different = Code(value: .different)
        /// The transport cannot do this. The message says what to use instead.
        public static let unsupported = Code(value: .unsupported)
        /// The name is in use by another consumer or host. Choose another.
        public static let inUse = Code(value: .inUse)
        /// The transport or subscription was closed. Make a new one.
        public static let closed = Code(value: .closed)
        /// Stored bytes are not what this version writes. Restore a backup, or run the version that wrote them.
        public static let corrupt = Code(value: .corrupt)

        /// The connection or the other side went away before the answer was known. Try again.
        public static let interrupted = Code(value: .interrupted)

        /// The name of the code.
        public var description: String { value.rawValue }
    }

    /// The kind of the failure.
    public var code: Code
    /// The description of the failure, for people.
    public var message: String

    /// A failure of the messaging layer.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}
