import Tracing
import Warren
import WarrenMessaging
import WarrenPartition

/// The span of one run of an entity's operation: `entity:<name>`, attached to the trace of the request, if that is in one.
///
/// Spans that the operation's code makes are attached to it. A run that is cut off, because its host stops, is not an end of
/// the operation: its span tells that by having no status.
struct EntitySpan: Sendable {
    private let span: any Span
    private let clock: any HostClock

    init(of operation: QueuedOperation, on entity: EntityID, source: SpanSource, clock: any HostClock) {
        self.clock = clock
        var attributes = SpanAttributes.warren(.entity, name: entity.name, instanceID: entity.instanceID)
        attributes.set(operation: operation.name)
        span = source.begin(
            .entity(entity.name), .server, under: source.context(operation.trace), at: clock.now, attributes)
    }

    /// Runs the operation's code inside the span.
    func run(_ body: () async -> EntityOutcome?) async -> EntityOutcome? {
        await ServiceContext.withValue(span.context) { await body() }
    }

    /// Ends the span with the outcome of the operation; `nil` for a run that was cut off.
    func end(_ outcome: EntityOutcome?) {
        switch outcome {
        case .completed: span.attributes.set(status: .completed)
        case .failed(let failure):
            span.attributes.set(status: .failed)
            span.fail(failure)
        case .killed, nil: break
        }
        span.end(at: SpanInstant(clock.now))
    }
}
