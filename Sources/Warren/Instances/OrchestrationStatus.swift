/// An instance as seen from outside.
public struct OrchestrationStatus: Sendable, Hashable, Codable {
    /// The orchestration's name.
    public var name: String
    /// The instance's ID.
    public var instanceID: String
    /// The present generation's ID.
    public var executionID: String
    /// Where it stands.
    public var runtimeStatus: RuntimeStatus
    /// When it was accepted.
    public var createdAt: Timestamp
    /// When it last did something.
    public var lastUpdatedAt: Timestamp
    /// The time before which it was not to begin, if its start named one.
    public var scheduledStart: Timestamp?
    /// Its input.
    public var input: Payload?
    /// Its result, or the reason of a termination.
    public var output: Payload?
    /// What the orchestrator said about itself.
    public var customStatus: Payload?
    /// Why it failed.
    public var failure: FailureDetails?
    /// Its labels.
    public var tags: [String: String]
    /// What keeps it from ending or going on: `activity ChargeCard #3`, `timer #4 until …`, `waits for its start at …`. Only
    /// of open instances.
    public var openTasks: [String]
    /// The present generation's events, if asked for, each as one JSON object.
    public var history: [Payload]?
    /// Where the history goes on, if it is longer than what is given here.
    public var historyNext: String?
    /// What is left out because the answer would have been too large: `input`, `output`, `customStatus`, `openTasks`, or
    /// `history` for payloads of single events.
    public var omitted: [String]?

    /// An instance as seen from outside.
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
