package import Tracing
package import Warren

/// Makes spans with the tracer that the program has bootstrapped, and converts between their contexts and ours.
package struct SpanSource: Sendable {
    private let tracer: any Tracer

    /// The tracer of the program, or of the calling task; `nil` if there is none, so that no caller prepares anything
    /// for a span that nobody sees.
    package static var current: SpanSource? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : SpanSource(tracer)
    }

    private init(_ tracer: any Tracer) {
        self.tracer = tracer
    }

    /// Begins a span.
    ///
    /// - Parameters:
    ///   - parent: the place to which it is attached; `nil` for the first span of a trace.
    ///   - start: its beginning.
    package func begin(
        _ name: SpanName, _ kind: SpanKind, under parent: ServiceContext, at start: Timestamp,
        _ attributes: SpanAttributes
    ) -> any Span {
        begin(name, kind, under: parent, at: SpanInstant(start), attributes)
    }

    /// Begins a span at the present moment.
    package func begin(
        _ name: SpanName, _ kind: SpanKind, under parent: ServiceContext, _ attributes: SpanAttributes
    ) -> any Span {
        begin(name, kind, under: parent, at: DefaultTracerClock.now, attributes)
    }

    private func begin(
        _ name: SpanName, _ kind: SpanKind, under parent: ServiceContext, at start: some TracerInstant,
        _ attributes: SpanAttributes
    ) -> any Span {
        let span: any Span = tracer.startSpan(name.text, context: parent, ofKind: kind, at: start)
        span.updateAttributes { $0.merge(attributes) }
        return span
    }

    /// The context that a tracer makes of ours.
    package func context(_ trace: TraceContext?) -> ServiceContext {
        var context = ServiceContext.topLevel
        if let trace { tracer.extract(TraceFields(trace), into: &context, using: TraceFieldAccess()) }
        return context
    }

    /// Our form of a span's context; `nil` if the tracer has no `traceparent` for it.
    ///
    /// - Parameter baggage: what is passed along if the tracer writes none of its own.
    package func trace(of context: ServiceContext, carrying baggage: String? = nil) -> TraceContext? {
        var fields = TraceFields()
        tracer.inject(context, into: &fields, using: TraceFieldAccess())
        return fields.parent.flatMap {
            TraceContext(traceparent: $0, tracestate: fields.state, baggage: fields.baggage ?? baggage)
        }
    }
}

/// A span's name, as the Durable Task Framework builds it: `activity:SayHello`.
package struct SpanName: Sendable {
    let text: String

    package static func start(_ orchestration: String) -> SpanName {
        SpanName(text: "create_orchestration:\(orchestration)")
    }
    package static func orchestration(_ name: String) -> SpanName { SpanName(text: "orchestration:\(name)") }
    package static func activity(_ name: String) -> SpanName { SpanName(text: "activity:\(name)") }
    package static func event(_ name: String) -> SpanName { SpanName(text: "orchestration_event:\(name)") }
    package static func entity(_ name: String) -> SpanName { SpanName(text: "entity:\(name)") }
    package static func timer(of orchestration: String) -> SpanName {
        SpanName(text: "orchestration:\(orchestration):timer")
    }
}

/// A time of ours as tracers take it. Times before 1970 are 1970.
package struct SpanInstant: TracerInstant {
    package let nanosecondsSinceEpoch: UInt64

    package init(_ time: Timestamp) {
        nanosecondsSinceEpoch = UInt64(max(0, time.microseconds)).multipliedReportingOverflow(by: 1000).partialValue
    }

    package static func < (left: SpanInstant, right: SpanInstant) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

/// The fields of the W3C recommendations, as a carrier for a tracer. Other fields that a tracer writes are dropped,
/// because messages have no place for them.
struct TraceFields: Sendable {
    var parent: String?
    var state: String?
    var baggage: String?

    init() {}

    init(_ trace: TraceContext) {
        parent = trace.traceparent
        state = trace.tracestate
        baggage = trace.baggage
    }
}

struct TraceFieldAccess: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout TraceFields) {
        switch key.lowercased() {
        case WireHeader.traceparent: carrier.parent = value
        case WireHeader.tracestate: carrier.state = value
        case WireHeader.baggage: carrier.baggage = value
        default: break
        }
    }

    func extract(key: String, from carrier: TraceFields) -> String? {
        switch key.lowercased() {
        case WireHeader.traceparent: carrier.parent
        case WireHeader.tracestate: carrier.state
        case WireHeader.baggage: carrier.baggage
        default: nil
        }
    }
}
