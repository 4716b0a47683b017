package import Warren

/// A worker's message about a work item.
package struct WorkResult: Sendable, Hashable {
    /// Its size is that of its largest case, so the cases that are rarer than an answer are stored apart.
    package enum Outcome: Sendable, Hashable {
        case completed(Payload)
        indirect case failed(FailureDetails)
        /// The work goes on: the worker keeps the item for this long and will answer or send another heartbeat.
        ///
        /// - `details`: how far the activity is, if it says so.
        /// - `worker`: the queue in which the worker can be told that the call was given up.
        indirect case heartbeat(lease: Duration, details: Payload? = nil, worker: String? = nil)
        /// The worker returns the item: another worker is to have it, at once.
        case released
    }

    package var token: TaskToken
    package var outcome: Outcome
    /// The number of the dispatch that this answers, if the worker echoed it.
    package var attempt: Int?

    package init(token: TaskToken, outcome: Outcome, attempt: Int? = nil) {
        self.token = token
        self.outcome = outcome
        self.attempt = attempt
    }
}
