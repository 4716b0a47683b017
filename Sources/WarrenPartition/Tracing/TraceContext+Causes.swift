import Warren

extension TraceContext {
    /// The maximum number of links of a span: tracers drop those beyond 128
    /// (https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits), and an episode can begin with more events.
    private static let mostCauses = 32

    /// Finds the traces of the external events of an episode, the first ones, each once.
    static func causes(among events: [HistoryEvent]) -> [TraceContext] {
        var causes: [TraceContext] = []
        for event in events where causes.count < mostCauses {
            guard case .eventRaised(_, _, let cause?) = event, !causes.contains(cause) else { continue }
            causes.append(cause)
        }
        return causes
    }
}
