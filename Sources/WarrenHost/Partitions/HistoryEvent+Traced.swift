import Warren

extension HistoryEvent {
    /// The event with the trace of its execution, if it is the execution's first one: the stored event does not have it,
    /// because hosts of earlier versions could not read it.
    func traced(_ trace: TraceContext?) -> HistoryEvent {
        guard let trace, case .executionStarted(var facts) = self else { return self }
        facts.trace = trace
        return .executionStarted(facts)
    }
}
