/// Thrown in an orchestrator by a call of an entity's operation if the operation failed.
///
/// The entity's state is then as it was before the operation.
///
/// ```swift
/// do {
///     try await context.call(Bank.withdraw, amount, on: "alice")
/// } catch let failure as EntityFailure where failure.details.isCaused(by: "Overdrawn") {
///     …
/// }
/// ```
public struct EntityFailure: FailureDetailsConvertible, Hashable, CustomStringConvertible {
    /// The entity.
    public var entity: EntityID
    /// The name of the operation.
    public var operation: String
    /// The failure that the operation reported.
    public var details: FailureDetails

    /// A failed operation.
    public init(entity: EntityID, operation: String, details: FailureDetails) {
        self.entity = entity
        self.operation = operation
        self.details = details
    }

    /// The text that logs and errors show.
    public var description: String {
        "Operation '\(operation)' of entity '\(entity)' failed: \(details.type): \(details.message)"
    }

    /// The failure as data: its cause is the operation's own.
    public var failureDetails: FailureDetails {
        FailureDetails(
            type: "EntityFailure", message: description, inner: [details], isNonRetriable: details.isNonRetriable)
    }
}
