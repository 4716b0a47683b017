extension FailureDetails {
    /// The types of failures that say that a payload is not of the declared type, as they appear in `type`.
    package enum UnreadableType {
        /// The input of an orchestration or activity.
        package static let input = "InvalidInput"
        /// The answer to an activity, or the output of a sub-orchestration.
        package static let result = "InvalidResult"
        /// Anything else that was read, such as an event at a wait that throws.
        package static let payload = "InvalidPayload"
    }

    /// A payload that cannot be read. To try again would not help: what it holds stays the same.
    static func unreadable(_ type: String, _ what: String, _ error: WarrenError) -> FailureDetails {
        FailureDetails(type: type, message: "\(what) cannot be read: \(error.mismatch)", isNonRetriable: true)
    }
}

extension WarrenError {
    /// Of a payload that could not be read: what was expected and what came.
    var mismatch: String { (cause as? PayloadMismatch)?.text ?? message }
}
