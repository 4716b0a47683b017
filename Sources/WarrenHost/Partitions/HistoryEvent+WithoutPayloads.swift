import Warren

extension HistoryEvent {
    /// Returns the event with a note in place of its payload, for display.
    func withoutPayloads(bytes: Int) -> HistoryEvent {
        let note = Payload(json: "\"(left out: the event has \(bytes) bytes)\"")
        switch self {
        case .executionStarted(var facts):
            facts.input = note
            return .executionStarted(facts)
        case .taskScheduled(let id, let name, _, let terms):
            return .taskScheduled(id: id, name: name, input: note, terms: terms)
        case .taskHeartbeat(let id, _): return .taskHeartbeat(id: id, details: note)
        case .taskCompleted(let id, _): return .taskCompleted(id: id, result: note)
        case .subOrchestrationCreated(let id, let name, let instanceID, _, let version):
            return .subOrchestrationCreated(
                id: id, name: name, instanceID: instanceID, input: note, version: version)
        case .subOrchestrationCompleted(let id, _): return .subOrchestrationCompleted(id: id, result: note)
        case .eventSent(let id, let instanceID, let name, _):
            return .eventSent(id: id, instanceID: instanceID, name: name, input: note)
        case .orchestrationStarted(let id, let name, let instanceID, _, let startAt, let version):
            return .orchestrationStarted(
                id: id, name: name, instanceID: instanceID, input: note, startAt: startAt, version: version)
        case .continuedAsNew: return .continuedAsNew(input: note)
        case .updateAccepted(let id, let name, _): return .updateAccepted(id: id, name: name, input: note)
        case .updateCompleted(let id, _, let failure):
            return .updateCompleted(id: id, result: note, failure: failure)
        case .eventRaised(let name, _, let trace): return .eventRaised(name: name, input: note, trace: trace)
        case .executionCompleted(let status, _, let failure):
            return .executionCompleted(status, output: note, failure: failure)
        default: return self
        }
    }
}
