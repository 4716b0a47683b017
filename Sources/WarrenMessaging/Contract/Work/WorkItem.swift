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
    /// The number of the attempt under the call's retry policy, from 1.
    package var retryAttempt: Int
    /// The time limits of the call. The worker of a call with a limit other than the total says when it begins.
    package var timeouts: ActivityTimeouts
    /// The details of the last heartbeat of an earlier run of the call, if there were any.
    package var previousHeartbeat: Payload?
    /// The priority and the fairness key of a call of an activity with limits.
    package var order: CallOrder
    /// The same for every dispatch, and for every attempt of a retry policy.
    package var idempotencyKey: String
    /// The trace that the work belongs to, if any.
    package var trace: TraceContext?
    /// Whether references to payloads in the hub's payload folder are understood by the host that asked for it.
    package var takesReferences = false

    package init(
        activity: String, input: Payload, token: TaskToken, orchestration: String, attempt: Int = 1,
        terms: TaskTerms = TaskTerms(), previousHeartbeat: Payload? = nil, idempotencyKey: String? = nil,
        trace: TraceContext? = nil
    ) {
        self.activity = activity
        self.input = input
        self.token = token
        self.orchestration = orchestration
        self.attempt = attempt
        retryAttempt = terms.attempt
        timeouts = terms.timeouts
        order = terms.needsPermit ? terms.order : CallOrder()
        self.previousHeartbeat = previousHeartbeat
        self.trace = trace
        self.idempotencyKey =
            idempotencyKey ?? "\(token.instanceID):\(token.executionID):\(terms.retryOf ?? token.taskID)"
    }
}
