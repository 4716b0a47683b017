package import Warren

/// Makes the spans of a partition's instances: the host's tracer, as the machine sees it.
///
/// A step begins spans when it decides, because the messages of the step carry their contexts. They are ended when the
/// step is durable, and only an ended span is reported: a step that fails leaves none, and is decided again with others.
/// A replay asks for nothing, so it makes no span either.
package protocol InstanceTracing: Sendable {
    /// Begins a span.
    func begin(_ span: InstanceSpan) -> any OpenInstanceSpan
}

/// A span that was begun.
package protocol OpenInstanceSpan: Sendable {
    /// The place of the span in its trace, to be passed on; `nil` if the tracer has no form of it that we carry.
    var context: TraceContext? { get }

    /// Ends the span.
    ///
    /// - Parameter now: the end, if the span has none of its own.
    func end(at now: Timestamp)
}
