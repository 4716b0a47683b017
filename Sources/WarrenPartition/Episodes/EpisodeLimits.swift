import Warren
import WarrenMessaging

/// An action that is too large to be sent. It is not sent, because it would not be accepted, and its caller gets the
/// reason.
enum EpisodeExcess {
    /// The call fails with this event; its orchestrator can catch that.
    case ofCall(HistoryEvent)
    /// No caller waits: the instance fails.
    case ofInstance(FailureDetails)

    /// - Parameter limit: in bytes.
    init?(_ action: OrchestratorAction, limit: Int) {
        switch action {
        case .scheduleTask(let id, let name, let input, _) where input.bytes.count > limit:
            self = .ofCall(
                .taskFailed(
                    id: id,
                    failure: .payloadTooLarge("The input of activity '\(name)'", bytes: input.bytes.count, limit: limit)
                ))
        case .createSubOrchestration(let id, let name, _, let input, _) where input.bytes.count > limit:
            self = .ofCall(
                .subOrchestrationFailed(
                    id: id,
                    failure: .payloadTooLarge(
                        "The input of sub-orchestration '\(name)'", bytes: input.bytes.count, limit: limit)))
        case .startOrchestration(_, let name, _, let input, _, _) where input.bytes.count > limit:
            self = .ofInstance(
                .payloadTooLarge(
                    "The input of orchestration '\(name)', which was to be started,", bytes: input.bytes.count,
                    limit: limit))
        case .sendEvent(let id, let instanceID, let name, let input)
        where input.bytes.count > limit && EntityRequest(input)?.isSignal == false:
            let answer = EntityAnswer(
                executionID: EntityRequest(input)?.caller?.executionID ?? "",
                outcome: .failed(
                    .payloadTooLarge(
                        "The input of operation '\(name)' of '\(instanceID)'", bytes: input.bytes.count, limit: limit)))
            self = .ofCall(.eventRaised(name: "@\(id)", input: answer.payload))
        case .sendEvent(_, let instanceID, let name, let input) where input.bytes.count > limit:
            self = .ofInstance(
                .payloadTooLarge(
                    "The event '\(name)' for instance '\(instanceID)'", bytes: input.bytes.count, limit: limit))
        default: return nil
        }
    }
}

extension EpisodeOutcome.Completion {
    /// Returns the same completion, with a failure in place of a payload that is too large to be reported.
    ///
    /// - Parameters:
    ///   - name: the orchestration.
    ///   - limit: in bytes.
    func bounded(_ name: String, limit: Int) -> EpisodeOutcome.Completion {
        switch self {
        case .completed(let output) where output.bytes.count > limit:
            .failed(
                .payloadTooLarge("The output of orchestration '\(name)'", bytes: output.bytes.count, limit: limit))
        case .continuedAsNew(let input, _) where input.bytes.count > limit:
            .failed(
                .payloadTooLarge(
                    "The input with which orchestration '\(name)' continues", bytes: input.bytes.count, limit: limit))
        case .failed(let failure): .failed(failure.shortened())
        case .completed, .continuedAsNew: self
        }
    }
}
