/// An instance as it is stored.
package struct InstanceRecord: Sendable, Hashable {
    /// A surrogate key, unique in the partition, never used again.
    package var key: Int64
    package var instanceID: String
    package var executionID: String
    /// Counts executions from 0: continue-as-new and restart increment it. History, timers and leases belong to one.
    package var generation: Int
    package var name: String
    package var status: RuntimeStatus
    package var createdAt: Timestamp
    package var lastUpdatedAt: Timestamp
    package var completedAt: Timestamp?
    package var scheduledStart: Timestamp?
    package var input: Payload
    package var output: Payload?
    package var customStatus: Payload?
    package var failure: FailureDetails?
    package var parent: ParentInstance?
    package var tags: [String: String]
    /// The number of episodes of the present generation's history.
    package var episodes: Int
    /// The reply addresses of callers that wait for the end: opaque to the store.
    package var waiters: [UInt8]
    /// The external events that the instance waits for, as `EventWaits` encodes them; empty for none.
    package var eventWaits: [UInt8]
    /// The trace to which this generation belongs, if any. It stays the same in a generation.
    package var trace: TraceContext?
    /// The version with which this generation began, if any. It stays the same in a generation.
    package var version: String?
    /// Why the instance is suspended, and whether its body has ended, as `InstanceCondition` encodes it; empty for
    /// nothing.
    package var conditionBytes: [UInt8] = []
    /// The reason why the row cannot be relied on, if it differs from what was written; its columns then have what can
    /// be read. Never stored.
    package var damage: String?

    package init(
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
        self.failure = failure
        self.parent = parent
        self.tags = tags
        self.episodes = episodes
        self.waiters = waiters
        self.eventWaits = eventWaits
        self.trace = trace
        self.version = version
    }
}
