package import Warren

/// One activity to run: plain RPC on the wire (body = input, `reply_to`, `correlation_id`).
package struct WorkItem: Sendable, Hashable {
    package var activity: String
    package var input: Payload
    package var token: TaskToken
    /// The orchestration that asked for it.
    package var orchestration: String
    /// The number of the dispatch, from 1.
    package var attempt: Int
    /// The same for every dispatch, and for every attempt of a retry policy.
    package var idempotencyKey: String
    /// The trace that the work belongs to, if any.
    package var trace: TraceContext?

    /// - Parameter retryOf: the task ID of the call's first attempt, if this is a later one.
    package init(
        activity: String, input: Payload, token: TaskToken, orchestration: String, attempt: Int = 1,
        retryOf: Int? = nil, trace: TraceContext? = nil
    ) {
        self.activity = activity
        self.input = input
        self.token = token
        self.orchestration = orchestration
        self.attempt = attempt
        self.trace = trace
        idempotencyKey = "\(token.instanceID):\(token.executionID):\(retryOf ?? token.taskID)"
    }
}
