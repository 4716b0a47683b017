/// The instance that waits for a sub-orchestration.
public struct ParentInstance: Sendable, Hashable, Codable {
    /// The parent's orchestration name.
    public var name: String
    /// The parent's instance ID.
    public var instanceID: String
    /// The parent's execution ID at the time of the call.
    public var executionID: String
    /// The number of the call in the parent's history.
    public var taskID: Int

    /// The instance that waits for a sub-orchestration.
    public init(name: String, instanceID: String, executionID: String, taskID: Int) {
        self.name = name
        self.instanceID = instanceID
        self.executionID = executionID
        self.taskID = taskID
    }
}
