extension HistoryEvent {
    /// The version with which an execution began, or which a request of an execution asked for.
    package var version: String? {
        get {
            switch self {
            case .executionStarted(let facts): facts.version
            case .subOrchestrationCreated(_, _, _, _, let version): version
            case .orchestrationStarted(_, _, _, _, _, let version): version
            default: nil
            }
        }
        set {
            switch self {
            case .executionStarted(var facts):
                facts.version = newValue
                self = .executionStarted(facts)
            case .subOrchestrationCreated(let id, let name, let instanceID, let input, _):
                self = .subOrchestrationCreated(
                    id: id, name: name, instanceID: instanceID, input: input, version: newValue)
            case .orchestrationStarted(let id, let name, let instanceID, let input, let startAt, _):
                self = .orchestrationStarted(
                    id: id, name: name, instanceID: instanceID, input: input, startAt: startAt, version: newValue)
            default: break
            }
        }
    }
}
