/// A reason for which a host cannot start or continue.
public struct HostError: Error, Sendable, CustomStringConvertible {
    /// The kind of reason.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable { case configuration, broker, storage, topology, ownership, registration }
        private let value: Value

        /// A value of the configuration is out of range. The message names it and the good values.
        public static let configuration = Code(value: .configuration)
        /// The broker cannot be reached or refuses us. The message names the remedy.
        public static let broker = Code(value: .broker)
        /// A partition's file cannot be opened, or is older than what was acknowledged. The message names the file and
        /// the remedy.
        public static let storage = Code(value: .storage)
        /// A queue or exchange of the hub is missing or has other arguments.
        public static let topology = Code(value: .topology)
        /// The hub belongs to another data directory, or a copy of this one is in use. The message names the owner and
        /// the remedy.
        public static let ownership = Code(value: .ownership)
        /// Instances are under way that this host cannot run. The message names their orchestrations and the remedy.
        public static let registration = Code(value: .registration)

        /// The code's name.
        public var description: String { value.rawValue }
    }

    /// The kind of reason.
    public var code: Code
    /// The problem and its remedy.
    public var message: String
    /// The underlying error, if there is one; the message contains its description.
    public var cause: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Code and message in one line.
    public var description: String { "\(code): \(message)" }
}
