package import Warren

/// Reports that an instance changed its status: published to `{h}.lifecycle`.
package struct LifecycleMessage: Sendable, Hashable {
    package var instanceID: String
    package var executionID: String
    package var name: String
    package var partition: Int
    /// A word of the wire: the name of a runtime status, or `StartIgnored`.
    package var status: String
    /// Rises with every message of an instance's execution.
    package var sequence: Int
    package var createdAt: Timestamp
    package var lastUpdatedAt: Timestamp
    package var customStatus: Payload?
    package var failure: FailureDetails?
    /// The trace of the instance, if any.
    package var trace: TraceContext?

    package init(
        instanceID: String, executionID: String, name: String, partition: Int, status: String, sequence: Int,
        createdAt: Timestamp, lastUpdatedAt: Timestamp, customStatus: Payload? = nil, failure: FailureDetails? = nil,
        trace: TraceContext? = nil
    ) {
        self.instanceID = instanceID
        self.executionID = executionID
        self.name = name
        self.partition = partition
        self.status = status
        self.sequence = sequence
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.customStatus = customStatus
        self.failure = failure
        self.trace = trace
    }
}
