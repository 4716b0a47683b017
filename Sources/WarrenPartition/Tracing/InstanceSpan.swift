package import Warren

/// The facts of one span about an instance: all that a tracer is told.
package struct InstanceSpan: Sendable {
    /// What the span is about.
    package enum Subject: Sendable {
        /// A request to start an instance. The other facts are about the instance that made the request, if one did.
        case start(name: String, instanceID: String)
        /// One generation of the instance, from its first episode to its end.
        case orchestration(RuntimeStatus, FailureDetails?)
        /// A call of an activity.
        case call(name: String, taskID: Int)
        /// An event that the instance sends.
        case event(name: String, targetID: String)
        /// An external event that the instance takes, and that came in a trace.
        case taking(name: String)
        /// A timer that fired.
        case timer(taskID: Int, fireAt: Timestamp)
    }

    package var subject: Subject
    package var orchestration: String
    package var instanceID: String
    package var executionID: String
    /// The place in a trace to which the span is attached; `nil` for the first span of a trace.
    package var parent: TraceContext?
    /// The places, in other traces as a rule, of what led to it.
    package var links: [TraceContext]
    package var start: Timestamp
    /// The end, if it is not the moment at which the step is durable.
    package var end: Timestamp?

    init(
        _ subject: Subject, of record: InstanceRecord, links: [TraceContext], from start: Timestamp, to end: Timestamp?
    ) {
        self.subject = subject
        orchestration = record.name
        instanceID = record.instanceID
        executionID = record.executionID
        parent = record.trace
        self.links = links
        self.start = start
        self.end = end
    }
}
