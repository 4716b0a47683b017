package import Warren

/// One activity to run: plain RPC on the wire (body = input, `reply_to`, `correlation_id`).
package struct WorkItem: Sendable, Hashable {
    package var activity: String
    package var input: Payload
    package var token: TaskToken
    /// The orchestration that asked for it.
    package var orchestration: String
    /// How often it was dispatched, from 1.
    package var attempt: Int
    /// The same for every dispatch, and for every attempt of a retry policy.
    package var idempotencyKey: String

    /// - Parameter retryOf: the task ID of the call's first attempt, if this is a later one.
    package init(
        activity: String, input: Payload, token: TaskToken, orchestration: String, attempt: Int = 1,
        retryOf: Int? = nil
    ) {
        self.activity = activity
        self.input = input
        self.token = token
        self.orchestration = orchestration
        self.attempt = attempt
        idempotencyKey = "\(token.instanceID):\(token.executionID):\(retryOf ?? token.taskID)"
    }
}

/// Names one task of one execution: the `correlation_id` of work items, echoed by workers.
///
/// On the wire it carries a keyed hash, so that a result cannot be forged by who only knows the IDs.
package struct TaskToken: Sendable, Hashable {
    package var partition: Int
    package var instanceID: String
    package var executionID: String
    package var taskID: Int
    /// Whether the token came under the signature of versions whose key was published. It is worth something for tasks
    /// that such a version asked for, and for no others.
    package var isFormer: Bool

    package init(partition: Int, instanceID: String, executionID: String, taskID: Int, isFormer: Bool = false) {
        self.partition = partition
        self.instanceID = instanceID
        self.executionID = executionID
        self.taskID = taskID
        self.isFormer = isFormer
    }
}

/// What a worker says about a work item.
package struct WorkResult: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case completed(Payload)
        case failed(FailureDetails)
        /// Still at it: the worker has taken the item for this long and will answer or say so again.
        case heartbeat(lease: Duration)
        /// The worker gives the item back: somebody else is to have it, at once.
        case released
    }

    package var token: TaskToken
    package var outcome: Outcome
    /// Which dispatch of the item this answers, if the worker echoed it.
    package var attempt: Int?

    package init(token: TaskToken, outcome: Outcome, attempt: Int? = nil) {
        self.token = token
        self.outcome = outcome
        self.attempt = attempt
    }
}
