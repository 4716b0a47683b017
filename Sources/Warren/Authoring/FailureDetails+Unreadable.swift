extension FailureDetails {
    /// The `type` of failures that report a payload of another type than the declared one.
    package enum UnreadableType {
        /// The input of an orchestration or activity.
        package static let input = "InvalidInput"
        /// The answer to an activity, or the output of a sub-orchestration.
        package static let result = "InvalidResult"
        /// Any other payload, such as an event at a wait that throws.
        package static let payload = "InvalidPayload"
    }

    /// Describes a payload that cannot be read. Another attempt would not help: its content stays the same.
    static func unreadable(_ type: String, _ what: String, _ error: WarrenError) -> FailureDetails {
        FailureDetails(type: type, message: "\(what) cannot be read: \(error.mismatch)", isNonRetriable: true)
    }
}

extension WarrenError {
    /// The expected and the actual content of a payload that could not be read.
    var mismatch: String { (cause as? PayloadMismatch)?.text ?? message }
}
