import Tracing
import Warren
import WarrenMessaging

/// The span of one run of an activity: `activity:<name>`, attached to the trace that the work item carries.
///
/// Spans that the activity's code makes are attached to it. A run that this host gives up is not an end of the activity:
/// its span tells that by having no status.
struct ActivitySpan: Sendable {
    private let span: any Span
    private let clock: any HostClock
    /// The context of the span, to be passed on; that of the work item if the tracer has none that we carry.
    let trace: TraceContext?

    init(of item: WorkItem, source: SpanSource, clock: any HostClock) {
        self.clock = clock
        let token = item.token
        span = source.begin(
            .activity(item.activity), .server, under: source.context(item.trace), at: clock.now,
            .warren(
                .activity, name: item.activity, instanceID: token.instanceID, executionID: token.executionID,
                taskID: token.taskID))
        trace = source.trace(of: span.context, carrying: item.trace?.baggage) ?? item.trace
    }

    /// Runs the activity's code inside the span.
    func run(_ body: () async throws -> Payload) async throws -> Payload {
        try await ServiceContext.withValue(span.context) { try await body() }
    }

    /// Ends the span with the outcome of the activity; `nil` for a run that is given up.
    func end(_ outcome: WorkResult.Outcome?) {
        switch outcome {
        case .completed: span.attributes.set(status: .completed)
        case .failed(let failure):
            span.attributes.set(status: .failed)
            span.fail(failure)
        case .heartbeat, .released, nil: break
        }
        span.end(at: SpanInstant(clock.now))
    }
}
