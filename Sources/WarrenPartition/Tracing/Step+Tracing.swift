import Warren

extension Step {
    /// Begins a span about an instance, if spans are made here.
    ///
    /// - Parameters:
    ///   - links: the places of what led to it.
    ///   - start: the beginning; the time of the step if absent.
    ///   - end: the end; the moment at which the step is durable if absent.
    /// - Returns: the trace context for what the span is about: the span's, or else the instance's own.
    @discardableResult
    mutating func trace(
        _ subject: @autoclosure () -> InstanceSpan.Subject, of record: InstanceRecord, links: [TraceContext] = [],
        from start: Timestamp? = nil, to end: Timestamp? = nil, _ frame: Frame
    ) -> TraceContext? {
        guard let tracing = frame.around.tracing else { return record.trace }
        let span = tracing.begin(InstanceSpan(subject(), of: record, links: links, from: start ?? now, to: end))
        spans.append(span)
        return span.context ?? record.trace
    }

    /// Makes the span of an instance's present generation, which ends now.
    ///
    /// It is made at the end, because a generation may outlive the process that began it. So it is no parent of other
    /// spans: those of the generation's activities, timers and children are attached where it is attached itself.
    mutating func traceGeneration(
        of instance: InstanceState, _ status: RuntimeStatus, _ failure: FailureDetails?, _ frame: Frame
    ) {
        let record = instance.record
        trace(
            .orchestration(status, failure), of: record, links: instance.causes,
            from: instance.open.startedAt ?? record.createdAt, to: max(now, record.lastUpdatedAt), frame)
    }
}
