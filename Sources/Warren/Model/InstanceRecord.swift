/// An instance as it is stored.
public struct InstanceRecord: Sendable, Hashable {
    /// A surrogate key, unique in the partition, never used again.
    public var key: Int64
    /// The instance ID, unique in the partition; compared by its bytes.
    public var instanceID: String
    /// The ID of the present execution.
    public var executionID: String
    /// Counts executions from 0: continue-as-new and restart increment it. History, timers and leases belong to one.
    public var generation: Int
    /// The name of the orchestration.
    public var name: String
    /// The runtime status.
    public var status: RuntimeStatus
    /// The time at which the instance was created.
    public var createdAt: Timestamp
    /// The time of the last change.
    public var lastUpdatedAt: Timestamp
    /// The time of the end; `nil` while the instance is open.
    public var completedAt: Timestamp?
    /// The time for which the start is scheduled, if it is.
    public var scheduledStart: Timestamp?
    /// The input of the present generation.
    public var input: Payload
    /// The output of an instance that has completed.
    public var output: Payload?
    /// The custom status that the orchestrator has set.
    public var customStatus: Payload?
    /// The failure of an instance that has failed, or the reason of one that was terminated.
    public var failure: FailureDetails? {
        get { failureBox?.value }
        set { failureBox = newValue.map { Boxed($0) } }
    }
    private var failureBox: Boxed<FailureDetails>?
    /// The instance that called this one as a sub-orchestration, if one did.
    public var parent: ParentInstance? {
        get { parentBox?.value }
        set { parentBox = newValue.map { Boxed($0) } }
    }
    private var parentBox: Boxed<ParentInstance>?
    /// The tags; keys and values are compared by their bytes.
    public var tags: [String: String]
    /// The number of episodes of the present generation's history.
    public var episodes: Int
    /// The reply addresses of callers that wait for the end: opaque to the store.
    public var waiters: [UInt8]
    /// The external events that the instance waits for, as `EventWaits` encodes them; empty for none.
    public var eventWaits: [UInt8]
    /// The trace to which this generation belongs, if any. It stays the same in a generation.
    public var trace: TraceContext?
    /// The version with which this generation began, if any. It stays the same in a generation.
    public var version: String?
    /// Why the instance is suspended, and whether its body has ended, as `InstanceCondition` encodes it; empty for
    /// nothing.
    public var conditionBytes: [UInt8] = []
    /// The reason why the row cannot be relied on, if it differs from what was written; its columns then have what can
    /// be read. Never stored.
    public var damage: String?

    /// An instance; by default a new one without anything that is optional.
    public init(
        key: Int64, instanceID: String, executionID: String, generation: Int = 0, name: String,
        status: RuntimeStatus = .pending, createdAt: Timestamp, lastUpdatedAt: Timestamp,
        completedAt: Timestamp? = nil, scheduledStart: Timestamp? = nil, input: Payload = .null,
        output: Payload? = nil, customStatus: Payload? = nil, failure: FailureDetails? = nil,
        parent: ParentInstance? = nil, tags: [String: String] = [:], episodes: Int = 0, waiters: [UInt8] = [],
        eventWaits: [UInt8] = [], trace: TraceContext? = nil, version: String? = nil
    ) {
        self.key = key
        self.instanceID = instanceID
        self.executionID = executionID
        self.generation = generation
        self.name = name
        self.status = status
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.completedAt = completedAt
        self.scheduledStart = scheduledStart
        self.input = input
        self.output = output
        self.customStatus = customStatus
        failureBox = failure.map { Boxed($0) }
        parentBox = parent.map { Boxed($0) }
        self.tags = tags
        self.episodes = episodes
        self.waiters = waiters
        self.eventWaits = eventWaits
        self.trace = trace
        self.version = version
    }
}
