package import Warren

extension FailureDetails {
    /// The type of failures over payloads that are larger than what is sent or taken.
    package static let payloadTooLargeType = "PayloadTooLarge"

    /// What whoever waits for a payload is told when it is too large.
    ///
    /// - Parameter subject: what it is, for example `The result of activity 'Resize'`.
    package static func payloadTooLarge(_ subject: String, bytes: Int, limit: Int) -> FailureDetails {
        FailureDetails(
            type: payloadTooLargeType,
            message: "\(subject) has \(bytes) bytes; at most \(limit) are taken. Store large data elsewhere and pass a "
                + "reference.",
            isNonRetriable: true)
    }
}
