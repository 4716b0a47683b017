/// The suspension of an instance: what suspended it, why, and since when.
public struct Suspension: Sendable, Hashable, Codable {
    /// What suspended an instance. A host of a later version may name causes that this version does not know.
    public struct Cause: RawRepresentable, Sendable, Hashable, Codable {
        /// The cause's name: `operator`, `nonDeterminism`, `version`.
        public var rawValue: String

        /// The cause of a name, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// An operator's command. A resume ends it.
        public static let byOperator = Cause(rawValue: "operator")
        /// The code does not agree with the history: the reason is the report. Deploy code that agrees, then resume the
        /// instance.
        public static let nonDeterminism = Cause(rawValue: "nonDeterminism")
        /// The host may not run the instance's version. A host that may resumes the instance by itself.
        public static let version = Cause(rawValue: "version")
    }

    /// What suspended the instance.
    public var cause: Cause
    /// The reason, for people: an operator's words, or the report of the host.
    public var reason: String?
    /// The time of the suspension.
    public var since: Timestamp?

    /// A suspension.
    public init(cause: Cause, reason: String? = nil, since: Timestamp? = nil) {
        self.cause = cause
        self.reason = reason
        self.since = since
    }
}
