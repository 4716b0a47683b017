import Tracing
import Warren
import WarrenMessaging
import WarrenPartition

/// Makes the spans of a host's instances with the program's tracer.
struct TracedInstances: InstanceTracing {
    private let source: SpanSource

    init(_ source: SpanSource) {
        self.source = source
    }

    func begin(_ span: InstanceSpan) -> any OpenInstanceSpan {
        let (name, kind, attributes) = description(of: span)
        let begun = source.begin(name, kind, under: source.context(span.parent), at: span.start, attributes)
        for link in span.links { begun.addLink(SpanLink(context: source.context(link), attributes: [:])) }
        if case .orchestration(_, let failure?) = span.subject { begun.fail(failure) }
        return TracedSpan(
            span: begun, context: source.trace(of: begun.context, carrying: span.parent?.baggage), end: span.end)
    }

    private func description(of span: InstanceSpan) -> (SpanName, SpanKind, SpanAttributes) {
        func attributes(
            _ type: SpanAttributes.WarrenType, _ name: String, taskID: Int? = nil
        ) -> SpanAttributes {
            .warren(
                type, name: name, instanceID: span.instanceID, executionID: span.executionID, taskID: taskID)
        }
        switch span.subject {
        case .start(let name, let instanceID):
            return (.start(name), .producer, .warren(.orchestration, name: name, instanceID: instanceID))
        case .orchestration(let status, _):
            var attributes = attributes(.orchestration, span.orchestration)
            attributes.set(status: status)
            return (.orchestration(span.orchestration), .server, attributes)
        case .call(let name, let taskID):
            return (.activity(name), .client, attributes(.activity, name, taskID: taskID))
        case .event(let name, let targetID):
            var attributes = attributes(.event, name)
            attributes.set(target: targetID)
            return (.event(name), .producer, attributes)
        case .taking(let name):
            return (.event(name), .consumer, attributes(.event, name))
        case .timer(let taskID, let fireAt):
            var attributes = attributes(.timer, span.orchestration, taskID: taskID)
            attributes.set(fireAt: fireAt)
            return (.timer(of: span.orchestration), .internal, attributes)
        }
    }
}

/// A span of the program's tracer.
private struct TracedSpan: OpenInstanceSpan {
    let span: any Span
    let context: TraceContext?
    let end: Timestamp?

    func end(at now: Timestamp) { span.end(at: SpanInstant(end ?? now)) }
}
