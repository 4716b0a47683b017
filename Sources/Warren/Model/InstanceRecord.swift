/// An instance as it is stored.
package struct InstanceRecord: Sendable, Hashable {
    /// Surrogate, unique in the partition, never used again.
    package var key: Int64
    package var instanceID: String
    package var executionID: String
    /// Counts executions from 0: continue-as-new and restart raise it. History, timers and leases belong to one.
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
    /// How many episodes the present generation's history has.
    package var episodes: Int
    /// Who wants to be told of the end: opaque to the store.
    package var waiters: [UInt8]
    /// Why the row cannot be relied on, when it was read and is not what was written; its columns are then as far as
    /// they can be read. Never stored.
    package var damage: String?

    package init(
        key: Int64, instanceID: String, executionID: String, generation: Int = 0, name: String,
        status: RuntimeStatus = .pending, createdAt: Timestamp, lastUpdatedAt: Timestamp,
        completedAt: Timestamp? = nil, scheduledStart: Timestamp? = nil, input: Payload = .null,
        output: Payload? = nil, customStatus: Payload? = nil, failure: FailureDetails? = nil,
        parent: ParentInstance? = nil, tags: [String: String] = [:], episodes: Int = 0, waiters: [UInt8] = []
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
    }
}
