/// The facts with which an execution goes on from an earlier point of its history.
///
/// A rewind takes out failed results, a reset everything from an event on. Both make a new execution, which has the
/// history up to that point as its own; this event separates what was kept from what happens now.
public struct ExecutionRewound: Sendable, Hashable {
    /// The instance's ID.
    public var instanceID: String
    /// The ID of the execution that begins here.
    public var executionID: String
    /// The ID of the execution that had this history before.
    public var formerExecutionID: String
    /// The instance that waits for the result, with the execution that waits for it now.
    public var parent: ParentInstance?
    /// The operator's reason.
    public var reason: String?
    /// For a reset: the number, in the former history, of the event before which it was to go on. `nil` for a rewind.
    public var beforeEvent: Int?

    /// The facts with which an execution goes on from an earlier point of its history.
    public init(
        instanceID: String, executionID: String, formerExecutionID: String, parent: ParentInstance? = nil,
        reason: String? = nil, beforeEvent: Int? = nil
    ) {
        self.instanceID = instanceID
        self.executionID = executionID
        self.formerExecutionID = formerExecutionID
        self.parent = parent
        self.reason = reason
        self.beforeEvent = beforeEvent
    }
}
