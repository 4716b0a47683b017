extension HistoryEvent {
    /// Words that describe how the payload of this event arrived; see ``Payload/origin``.
    package var origin: String? {
        get {
            switch self {
            case .executionStarted(let facts): facts.input.origin
            case .taskCompleted(_, let payload), .eventRaised(_, let payload): payload.origin
            default: nil
            }
        }
        set {
            switch self {
            case .executionStarted(var facts):
                facts.input.origin = newValue
                self = .executionStarted(facts)
            case .taskCompleted(let id, var payload):
                payload.origin = newValue
                self = .taskCompleted(id: id, result: payload)
            case .eventRaised(let name, var payload):
                payload.origin = newValue
                self = .eventRaised(name: name, input: payload)
            default: break
            }
        }
    }
}
