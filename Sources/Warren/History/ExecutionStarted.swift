/// The facts with which an execution begins.
public struct ExecutionStarted: Sendable, Hashable {
    /// The orchestration's name.
    public var name: String
    /// The instance's ID.
    public var instanceID: String
    /// This generation's ID; a new one with every continue-as-new.
    public var executionID: String
    /// The input, JSON `null` if none was given.
    public var input: Payload
    /// The instance that waits for the result, if an orchestration started this one.
    public var parent: ParentInstance?
    /// Free labels, inherited by sub-orchestrations.
    public var tags: [String: String]
    /// The time before which the execution was not to begin.
    public var scheduledStart: Timestamp?
    /// The trace to which the execution belongs, if any. It is kept in the instance's row, not in the stored event.
    public var trace: TraceContext?
    /// The version with which the execution began, if any; see ``OrchestrationContext/version``.
    public var version: String?

    /// The facts with which an execution begins.
    public init(
        name: String, instanceID: String, executionID: String, input: Payload, parent: ParentInstance? = nil,
        tags: [String: String] = [:], scheduledStart: Timestamp? = nil, trace: TraceContext? = nil,
        version: String? = nil
    ) {
        self.name = name
        self.instanceID = instanceID
        self.executionID = executionID
        self.input = input
        self.parent = parent
        self.tags = tags
        self.scheduledStart = scheduledStart
        self.trace = trace
        self.version = version
    }
}
