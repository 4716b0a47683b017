package import Warren

/// The outcome of an activity or sub-orchestration.
package enum TaskOutcome: Sendable, Hashable {
    case completed(Payload)
    case failed(FailureDetails)
}
