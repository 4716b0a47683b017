package import Warren

extension HistoryEvent {
    /// The payload of the event that may be in the payload folder; `nil` for an event without one. Updates are answered to
    /// their callers, and go whole.
    package var payload: Payload? {
        switch self {
        case .executionStarted(let start): start.input
        case .taskScheduled(_, _, let input, _), .subOrchestrationCreated(_, _, _, let input, _),
            .eventSent(_, _, _, let input), .orchestrationStarted(_, _, _, let input, _, _),
            .eventRaised(_, let input, _), .continuedAsNew(let input):
            input
        case .taskCompleted(_, let result), .subOrchestrationCompleted(_, let result): result
        case .executionCompleted(_, let output, _): output
        case .orchestratorStarted, .taskFailed, .taskCanceled, .taskHeartbeat, .subOrchestrationFailed, .timerCreated,
            .timerFired, .patchMarked, .tagSet, .updateAccepted, .updateCompleted,
            .executionSuspended, .executionResumed, .executionTerminated, .executionRewound:
            nil
        }
    }

    /// The event with another payload, if it has one.
    package func with(payload: Payload) -> HistoryEvent {
        switch self {
        case .executionStarted(var start):
            start.input = payload
            return .executionStarted(start)
        case .taskScheduled(let id, let name, _, let terms):
            return .taskScheduled(id: id, name: name, input: payload, terms: terms)
        case .taskCompleted(let id, _): return .taskCompleted(id: id, result: payload)
        case .subOrchestrationCreated(let id, let name, let instanceID, _, let version):
            return .subOrchestrationCreated(
                id: id, name: name, instanceID: instanceID, input: payload, version: version)
        case .subOrchestrationCompleted(let id, _): return .subOrchestrationCompleted(id: id, result: payload)
        case .eventSent(let id, let instanceID, let name, _):
            return .eventSent(id: id, instanceID: instanceID, name: name, input: payload)
        case .orchestrationStarted(let id, let name, let instanceID, _, let startAt, let version):
            return .orchestrationStarted(
                id: id, name: name, instanceID: instanceID, input: payload, startAt: startAt, version: version)
        case .eventRaised(let name, _, let trace): return .eventRaised(name: name, input: payload, trace: trace)
        case .continuedAsNew: return .continuedAsNew(input: payload)
        case .executionCompleted(let status, _, let failure):
            return .executionCompleted(status, output: payload, failure: failure)
        case .orchestratorStarted, .taskFailed, .taskCanceled, .taskHeartbeat, .subOrchestrationFailed, .timerCreated,
            .timerFired, .patchMarked, .tagSet, .updateAccepted, .updateCompleted,
            .executionSuspended, .executionResumed, .executionTerminated, .executionRewound:
            return self
        }
    }
}
