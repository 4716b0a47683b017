package import Warren

/// How an activity or sub-orchestration ended.
package enum TaskOutcome: Sendable, Hashable {
    case completed(Payload)
    case failed(FailureDetails)
}
