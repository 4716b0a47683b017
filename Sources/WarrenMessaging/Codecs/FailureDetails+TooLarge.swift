package import Warren

extension FailureDetails {
    /// The failure that a caller gets in place of a payload that is too large.
    ///
    /// - Parameter subject: names the payload, for example `The result of activity 'Resize'`.
    package static func payloadTooLarge(_ subject: String, bytes: Int, limit: Int) -> FailureDetails {
        FailureDetails(
            type: payloadTooLargeType,
            message: "\(subject) has \(bytes) bytes; at most \(limit) are taken. Store large data elsewhere and pass a "
                + "reference.",
            isNonRetriable: true)
    }
}
