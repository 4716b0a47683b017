/// A mistake in the use of Warren's authoring interface: a bad name, an unencodable payload, a bad policy.
///
/// Failures of activities and sub-orchestrations are not errors of this kind; they are `TaskFailure`s.
public struct WarrenError: Error, Sendable, CustomStringConvertible {
    /// The kind of the error, to be compared with the constants.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case invalidName, invalidInstanceID, invalidRetryPolicy, customStatusTooLarge, noTasks, payloadNotEncodable
            case payloadNotDecodable, invalidHistory, invalidVersion, lockedEntities, invalidTimeout, heartbeatTooLarge
            case readOnlyHandler, invalidTag, invalidOrder
        }
        private let kind: Kind

        /// A function or event name is not acceptable. Remedy: letters, digits, `_`, `.` and `-`, a letter or `_` first,
        /// 100 characters at the most.
        public static let invalidName = Code(kind: .invalidName)
        /// An instance ID is not acceptable, or a child would have the ID of its parent. Remedy: see the message.
        public static let invalidInstanceID = Code(kind: .invalidInstanceID)
        /// The version that a sub-orchestration or the next generation is to have is not acceptable. Remedy: 1 to 64
        /// letters, digits, `.`, `-`, `_` or `+`.
        public static let invalidVersion = Code(kind: .invalidVersion)
        /// A field of a `RetryPolicy` is out of its range. Remedy: see the message.
        public static let invalidRetryPolicy = Code(kind: .invalidRetryPolicy)
        /// A custom status has more than 16 KiB of JSON. Remedy: keep data elsewhere and put a reference there.
        public static let customStatusTooLarge = Code(kind: .customStatusTooLarge)
        /// `any` was given no task, so none could ever win. Remedy: check for the empty case before.
        public static let noTasks = Code(kind: .noTasks)
        /// A value could not be written as JSON. Remedy: see the message.
        public static let payloadNotEncodable = Code(kind: .payloadNotEncodable)
        /// JSON could not be read as the expected type. Remedy: make both sides agree; see the message.
        public static let payloadNotDecodable = Code(kind: .payloadNotDecodable)
        /// A field of `ActivityTimeouts` is out of its range. Remedy: see the message.
        public static let invalidTimeout = Code(kind: .invalidTimeout)
        /// The priority of a call, or its fairness key, is out of its range. Remedy: see the message.
        public static let invalidOrder = Code(kind: .invalidOrder)
        /// The details of a heartbeat have more than 4 KiB of JSON. Remedy: keep data elsewhere and put a reference there.
        public static let heartbeatTooLarge = Code(kind: .heartbeatTooLarge)
        /// Bytes or JSON are not a history. Remedy: check their source.
        public static let invalidHistory = Code(kind: .invalidHistory)

        /// A call is not allowed while entities are locked. Remedy: see the message.
        public static let lockedEntities = Code(kind: .lockedEntities)
        /// A handler of a query, a validator or a condition called the context: these may only look at what the
        /// orchestrator has in memory. Remedy: do it in the body, or in the handler of an update.
        public static let readOnlyHandler = Code(kind: .readOnlyHandler)
        /// A label's name or value is not acceptable, or there are too many labels. Remedy: see the message.
        public static let invalidTag = Code(kind: .invalidTag)

        /// The text that logs and errors show.
        public var description: String { kind.rawValue }
    }

    /// The kind of the error, for programs.
    public var code: Code
    /// The description of the error and its remedy, for people.
    public var message: String
    /// The error behind this one.
    public var cause: (any Error)?
    /// The file in which the error was noticed.
    public var file: String
    /// The line in `file`.
    public var line: UInt

    package init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.file = file.description
        self.line = line
    }

    /// The text that logs and errors show.
    public var description: String { "\(code): \(message)" }

    /// The place in the author's code; `nil` if only a place in Warren is known, which would not help.
    var place: String? { file.hasPrefix("Warren/") ? nil : "\(file):\(line)" }
}

/// Marks every `WarrenError` as a mistake that another attempt does not correct.
extension WarrenError: NonRetriableError {}
