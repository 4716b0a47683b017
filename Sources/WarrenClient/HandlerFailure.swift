public import Warren

/// Thrown by a query or an update if its handler failed, and the cause of an error for an update that was refused.
///
/// The instance itself goes on.
public struct HandlerFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The instance.
    public let instanceID: String
    /// The name of the query or the update.
    public let name: String
    /// The failure, with the type of the error that the handler threw.
    public let details: FailureDetails

    package init(instanceID: String, name: String, details: FailureDetails) {
        self.instanceID = instanceID
        self.name = name
        self.details = details
    }

    /// The instance, the name and the failure.
    public var description: String {
        "The handler of '\(name)' in instance '\(instanceID)' failed with \(details.type): \(details.message)"
    }
}
