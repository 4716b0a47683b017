package import AMQPMessages
package import Warren

/// Reads and writes the headers `traceparent`, `tracestate` and `baggage`, for all messages.
extension TraceContext {
    /// The trace of a message; `nil` if it is in none. Headers that break a rule of the recommendation are treated as
    /// absent: a trace is never a reason to refuse work.
    package init?(of headers: FieldTable) {
        guard let parent = headers[WireHeader.traceparent]?.string else { return nil }
        self.init(
            traceparent: parent, tracestate: headers[WireHeader.tracestate]?.string,
            baggage: headers[WireHeader.baggage]?.string)
    }
}

extension MessageProperties {
    /// Adds the headers of a trace, if there is one.
    mutating func add(_ trace: TraceContext?) {
        guard let trace else { return }
        headers[WireHeader.traceparent] = .string(trace.traceparent)
        if let state = trace.tracestate { headers[WireHeader.tracestate] = .string(state) }
        if let baggage = trace.baggage { headers[WireHeader.baggage] = .string(baggage) }
    }
}
