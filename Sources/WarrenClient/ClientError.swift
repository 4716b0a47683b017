/// An error between a client and its task hub.
///
/// Failures of orchestrations are not client errors: they are thrown as ``OrchestrationFailure``.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of the error, for programs.
    public let code: Code
    /// The description of the error and its remedy, for people.
    public let message: String
    /// The reason code of the host's refusal, for example `instance-exists`.
    public let reason: String?
    /// The underlying error.
    public let cause: (any Error)?
    /// The file in the client's source in which the error arose.
    public let file: StaticString
    /// The line in that file.
    public let line: UInt

    package init(
        _ code: Code, _ message: String, reason: String? = nil, cause: (any Error)? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        self.code = code
        self.message = message
        self.reason = reason
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// The message, its cause and its code.
    public var description: String {
        let detail = cause.map { " (\($0))" } ?? ""
        return "\(message)\(detail) [\(code)]"
    }

    /// The kinds of client errors.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case unreachable, noTaskHub, unconfirmed, overloaded, timedOut, closed
            case instanceNotFound, instanceExists, instanceFinished, instanceNotFinished, instanceNotFailed,
                instanceNotBegun, instanceHoldsEntities, instanceSuspended, unknownHandler, updateRefused,
                unknownOrchestration, rejected
            case invalidArgument, invalidReply
        }

        private let kind: Kind

        /// The broker cannot be reached, or refuses the login or a right. Check the address, the credentials, the virtual
        /// host and the permissions.
        public static let unreachable = Code(kind: .unreachable)
        /// The broker has no task hub of that name. Start a host, or create the hub with `warren hub create`.
        public static let noTaskHub = Code(kind: .noTaskHub)
        /// The broker did not confirm the message; it may have it. Repeat the call with the same instance ID.
        public static let unconfirmed = Code(kind: .unconfirmed)
        /// The broker takes no messages: it is short of memory or disk, or a queue is full or broken. The message names
        /// the cause and the remedy.
        public static let overloaded = Code(kind: .overloaded)
        /// No answer arrived in time. The message is safe in the hub's queue; check whether a host is running.
        public static let timedOut = Code(kind: .timedOut)
        /// The client was closed, or its reply queue was deleted permanently. Connect again.
        public static let closed = Code(kind: .closed)
        /// The hub has no instance of that ID. The message does not reach a later instance of that ID either.
        public static let instanceNotFound = Code(kind: .instanceNotFound)
        /// An instance of that ID exists, and the start asked to fail then. Choose another ID or another policy.
        public static let instanceExists = Code(kind: .instanceExists)
        /// The instance has ended: it takes no events and no control messages any more.
        public static let instanceFinished = Code(kind: .instanceFinished)
        /// The instance has not ended, and only ended ones can be purged, or restarted under their own ID. Terminate it
        /// first, or wait for its end.
        public static let instanceNotFinished = Code(kind: .instanceNotFinished)
        /// The instance has not failed, and only failed ones can be rewound. Reset it to a point instead.
        public static let instanceNotFailed = Code(kind: .instanceNotFailed)
        /// The instance has not begun, so it has no history to go on from.
        public static let instanceNotBegun = Code(kind: .instanceNotBegun)
        /// A rewind or reset to a point at which the instance waited for an entity or held its lock.
        public static let instanceHoldsEntities = Code(kind: .instanceHoldsEntities)
        /// The instance is suspended, and takes no updates. Resume it first.
        public static let instanceSuspended = Code(kind: .instanceSuspended)
        /// The orchestrator answers no query, or takes no update, of that name. The message lists those that there are.
        public static let unknownHandler = Code(kind: .unknownHandler)
        /// The orchestrator's validator refused the update: nothing was recorded. ``ClientError/cause`` is a
        /// ``HandlerFailure`` with the validator's error.
        public static let updateRefused = Code(kind: .updateRefused)
        /// No host of the hub has registered an orchestration of that name. It is not started later, either. Check the
        /// spelling and the hosts; the message lists the known orchestrations.
        public static let unknownOrchestration = Code(kind: .unknownOrchestration)
        /// The host refused the message for another reason: see ``ClientError/reason``.
        public static let rejected = Code(kind: .rejected)
        /// An argument breaks the rules of the wire: see the message. Nothing was sent.
        public static let invalidArgument = Code(kind: .invalidArgument)
        /// An answer could not be read, or a value has another type than the reference declares. Compare versions.
        public static let invalidReply = Code(kind: .invalidReply)

        /// The code's name.
        public var description: String { kind.rawValue }
    }
}
