package import Warren

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
