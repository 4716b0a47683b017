/// The status of an instance.
public struct OrchestrationStatus: Sendable, Hashable, Codable {
    /// The orchestration's name.
    public var name: String
    /// The instance's ID.
    public var instanceID: String
    /// The present generation's ID.
    public var executionID: String
    /// The runtime status.
    public var runtimeStatus: RuntimeStatus
    /// The time at which the instance was accepted.
    public var createdAt: Timestamp
    /// The time of the instance's last change.
    public var lastUpdatedAt: Timestamp
    /// The time before which the instance was not to begin, if its start named one.
    public var scheduledStart: Timestamp?
    /// Its input.
    public var input: Payload?
    /// Its result, or the reason of a termination.
    public var output: Payload?
    /// The custom status that the orchestrator set.
    public var customStatus: Payload?
    /// The failure with which the instance ended.
    public var failure: FailureDetails?
    /// Its labels.
    public var tags: [String: String]
    /// The tasks that keep the instance from ending or continuing: `activity ChargeCard #3`, `timer #4 until …`, `waits
    /// for its start at …`. Only open instances have any.
    public var openTasks: [String]
    /// The present generation's events, if asked for, each as one JSON object.
    public var history: [Payload]?
    /// The place where the history continues, if it is longer than this part.
    public var historyNext: String?
    /// The members that were left out because the answer would have been too large: `input`, `output`, `customStatus`,
    /// `openTasks`, or `history` for payloads of single events.
    public var omitted: [String]?

    /// The status of an instance.
    public init(
        name: String, instanceID: String, executionID: String, runtimeStatus: RuntimeStatus, createdAt: Timestamp,
        lastUpdatedAt: Timestamp, input: Payload? = nil, output: Payload? = nil, customStatus: Payload? = nil,
        failure: FailureDetails? = nil, tags: [String: String] = [:], openTasks: [String] = [],
        history: [Payload]? = nil, scheduledStart: Timestamp? = nil
    ) {
        self.name = name
        self.instanceID = instanceID
        self.executionID = executionID
        self.runtimeStatus = runtimeStatus
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.scheduledStart = scheduledStart
        self.input = input
        self.output = output
        self.customStatus = customStatus
        self.failure = failure
        self.tags = tags
        self.openTasks = openTasks
        self.history = history
    }
}
