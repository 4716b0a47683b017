import Tracing
import Warren
import WarrenMessaging

/// Makes the spans of a client's requests, and finds the trace that a request belongs to.
enum RequestSpan {
    /// Sends a request inside a span of its own, if there is a tracer.
    ///
    /// - Parameters:
    ///   - trace: the trace of the caller, if it has one that the tracer's context of the calling task does not show.
    ///   - send: sends the request with this trace context.
    static func run<Result>(
        _ name: SpanName, _ attributes: @autoclosure () -> SpanAttributes, in trace: TraceContext?,
        _ send: (TraceContext?) async throws -> Result
    ) async throws -> Result {
        guard let source = SpanSource.current else { return try await send(trace) }
        let parent = ServiceContext.current ?? source.context(trace)
        let span = source.begin(name, .producer, under: parent, attributes())
        defer { span.end() }
        do {
            return try await send(source.trace(of: span.context, carrying: trace?.baggage) ?? trace)
        } catch {
            span.setStatus(SpanStatus(code: .error))
            span.recordError(error)
            throw error
        }
    }
}
