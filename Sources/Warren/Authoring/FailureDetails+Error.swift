extension FailureDetails {
    /// Describes an error that a function threw.
    ///
    /// The details of a `TaskFailure` become the inner failure, so the first cause stays reachable through any number
    /// of orchestrations. An error that is `Encodable` becomes the details of its failure. Details above
    /// ``FailureDetails/maximumDetailsBytes`` are left out.
    ///
    /// - Parameter codec: writes an `Encodable` error.
    public init(_ error: any Error, with codec: any PayloadCodec = JSONPayloadCodec()) {
        switch error {
        case let failure as TaskFailure:
            self.init(
                type: "TaskFailure", message: failure.description, inner: [failure.details],
                isNonRetriable: failure.details.isNonRetriable)
        case let convertible as any FailureDetailsConvertible:
            self = convertible.failureDetails.bounded
        case let error as WarrenError where error.code == .payloadNotDecodable:
            self = .unreadable(UnreadableType.payload, "A payload", error)
        case let error as WarrenError:
            self.init(
                type: "WarrenError", message: error.description, stack: error.place, isNonRetriable: true)
        default:
            // An error that cannot be encoded is reported all the same, only without its details.
            let details = (error as? any Encodable).flatMap { try? codec.encode($0) }
            self =
                FailureDetails(
                    type: String(describing: Swift.type(of: error)), message: String(describing: error),
                    details: details,
                    isNonRetriable: error is any NonRetriableError
                ).bounded
        }
    }

    /// Whether this failure, or one inside it, has a type name.
    public func isCaused(by type: String) -> Bool {
        self.type == type || inner.contains { $0.isCaused(by: type) }
    }

    /// The innermost first cause.
    public var rootCause: FailureDetails { inner.first?.rootCause ?? self }
}
