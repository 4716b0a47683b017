extension HistoryEvent {
    /// Words that describe how the payload of this event arrived; see ``Payload/origin``.
    package var origin: String? {
        get {
            switch self {
            case .executionStarted(let facts): facts.input.origin
            case .taskCompleted(_, let payload), .eventRaised(_, let payload, _), .updateAccepted(_, _, let payload):
                payload.origin
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
            case .updateAccepted(let id, let name, var payload):
                payload.origin = newValue
                self = .updateAccepted(id: id, name: name, input: payload)
            case .eventRaised(let name, var payload, let trace):
                payload.origin = newValue
                self = .eventRaised(name: name, input: payload, trace: trace)
            default: break
            }
        }
    }

    /// How this event arrived, as it is stored: the words of ``origin``, and below them, in a line of its own, the trace of an
    /// external event in its stored form. `nil` where there is neither.
    ///
    /// A host of the version before takes all of it as words, which it shows only with a payload that cannot be read. So it can
    /// run the instance: a field of its own would be damage to it.
    var arrival: String? {
        get {
            guard case .eventRaised(_, _, let trace?) = self else { return origin }
            return "\(origin ?? "")\n\(trace.stored)"
        }
        set {
            guard case .eventRaised(let name, let input, _) = self, let text = newValue,
                let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")),
                let trace = TraceContext(stored: String(text[text.utf8.index(after: end)...]))
            else {
                origin = newValue
                return
            }
            self = .eventRaised(name: name, input: input, trace: trace)
            origin = text[..<end].isEmpty ? nil : String(text[..<end])
        }
    }
}
