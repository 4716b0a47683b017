import AMQPMessages
import Warren
import WarrenSupport

/// Defines the messages of the commands that partitions send to each other: starts, events, control messages, ends of
/// sub-orchestrations, and permits.
extension Command {
    /// The property `type` of the message; `nil` for a command of another kind.
    var partitionType: String? {
        switch self {
        case .start: WireType.start
        case .raise: WireType.raise
        case .control: WireType.control
        case .childCompleted: WireType.childCompleted
        case .permit: WireType.permit
        case .update, .purge, .workResult, .query, .limits: nil
        }
    }

    /// Builds the body of the message; `nil` for a command of another kind.
    func partitionBody() -> [UInt8]? {
        switch self {
        case .start(let start): start.input.bytes
        case .raise(let raise):
            if let start = raise.start {
                EventStart.Place.body(event: raise.payload, input: start.input).bytes
            } else {
                raise.payload.bytes
            }
        // The reason is the body: it may be long, and all headers must fit into one frame.
        case .control(let control): control.reason.map { Payload(jsonStringOf: $0).bytes } ?? []
        case .childCompleted(let completed):
            switch completed.result {
            case .completed(let output): output.bytes
            case .failed(let failure): FailureCodec.encode(failure).bytes
            }
        case .permit: []
        case .update, .purge, .workResult, .query, .limits: nil
        }
    }

    /// Adds the headers of the message in the order of their names; none for a command of another kind.
    func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        switch self {
        case .start(let start): start.addHeaders(to: &sink)
        case .raise(let raise): raise.addHeaders(to: &sink)
        case .control(let control): control.addHeaders(to: &sink)
        case .childCompleted(let completed): completed.addHeaders(to: &sink)
        case .permit(let permit): permit.addHeaders(to: &sink)
        case .update, .purge, .workResult, .query, .limits: break
        }
    }
}

extension StartCommand {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        context.trace?.addHeaders(to: &sink)
        sink.add(WireHeader.bodyHash, .int64(context.bodyHash))
        sink.add(WireHeader.formerExecutionID, text: formerExecutionID)
        sink.add(WireHeader.hold, number: context.holdLimit)
        if ifExists != .ignore { sink.add(WireHeader.ifExists, .string(ifExists.rawValue)) }
        sink.add(WireHeader.instanceID, .string(instanceID))
        sink.add(WireHeader.messageKey, text: context.messageKey)
        sink.add(WireHeader.name, .string(name))
        sink.add(WireHeader.origin, text: input.origin)
        parent?.addHeaders(to: &sink)
        sink.add(WireHeader.reason, text: reason?.shortened(to: PartitionCodec.maximumReason))
        context.addReply(to: &sink)
        sink.add(WireHeader.startAtMicroseconds, number: startAt?.microseconds)
        sink.add(tags: tags)
        sink.add(WireHeader.userID, text: context.userID)
        sink.add(WireHeader.version, text: version)
    }
}

extension RaiseCommand {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        context.trace?.addHeaders(to: &sink)
        sink.add(WireHeader.bodyHash, .int64(context.bodyHash))
        sink.add(WireHeader.event, .string(eventName))
        sink.add(WireHeader.hold, number: context.holdLimit)
        if start?.replacesFinished == true {
            sink.add(WireHeader.ifExists, .string(StartCommand.ExistingPolicy.restart.rawValue))
        }
        sink.add(WireHeader.instanceID, .string(instanceID))
        sink.add(WireHeader.messageKey, text: context.messageKey)
        sink.add(WireHeader.origin, text: payload.origin)
        context.addReply(to: &sink)
        if let start {
            sink.add(WireHeader.start, .string(start.name))
            // The body has both values.
            sink.add(WireHeader.startInput, .string(EventStart.Place.members))
            sink.add(tags: start.tags)
        }
        sink.add(WireHeader.userID, text: context.userID)
    }
}

extension ControlCommand {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        context.trace?.addHeaders(to: &sink)
        sink.add(WireHeader.beforeEvent, number: beforeEvent.map { Int64($0) })
        sink.add(WireHeader.bodyHash, .int64(context.bodyHash))
        sink.add(WireHeader.dropEvents, mark: dropsEvents)
        sink.add(WireHeader.hold, number: context.holdLimit)
        sink.add(WireHeader.instanceID, .string(instanceID))
        sink.add(WireHeader.messageKey, text: context.messageKey)
        sink.add(WireHeader.newInstanceID, text: newInstanceID)
        parent?.addHeaders(to: &sink)
        if isRecursive != verb.isRecursiveByDefault { sink.add(WireHeader.recursive, .bool(isRecursive)) }
        context.addReply(to: &sink)
        sink.add(WireHeader.userID, text: context.userID)
        sink.add(WireHeader.verb, .string(verb.rawValue))
    }
}

extension ChildCompletedCommand {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        context.trace?.addHeaders(to: &sink)
        sink.add(WireHeader.bodyHash, .int64(context.bodyHash))
        sink.add(WireHeader.hold, number: context.holdLimit)
        sink.add(WireHeader.messageKey, text: context.messageKey)
        parent.addHeaders(to: &sink)
        context.addReply(to: &sink)
        let status: WireStatus = if case .completed = result { .ok } else { .failed }
        sink.add(WireHeader.status, .string(status.rawValue))
        sink.add(WireHeader.userID, text: context.userID)
    }
}

extension PermitCommand {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        sink.add(WireHeader.activity, .string(activity))
        sink.add(WireHeader.busyUntil, number: busyUntil?.microseconds)
        sink.add(WireHeader.executionID, .string(token.executionID))
        let isRequest = verb == .request
        if isRequest, !fairnessKey.isEmpty { sink.add(WireHeader.fairnessKey, .string(fairnessKey)) }
        sink.add(WireHeader.instanceID, .string(token.instanceID))
        sink.add(WireHeader.partition, .int64(Int64(token.partition)))
        if isRequest { sink.add(WireHeader.priority, .int64(Int64(priority))) }
        sink.add(WireHeader.taskID, .int64(Int64(token.taskID)))
        sink.add(WireHeader.verb, .string(verb.rawValue))
    }
}

extension ParentInstance {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        sink.add(WireHeader.parentExecutionID, .string(executionID))
        sink.add(WireHeader.parentInstanceID, .string(instanceID))
        sink.add(WireHeader.parentName, .string(name))
        sink.add(WireHeader.parentTaskID, .int64(Int64(taskID)))
    }
}

extension CommandContext {
    /// Adds the headers about the reply and about refusals, which stand together in the order of names.
    fileprivate func addReply<Sink: HeaderSink>(to sink: inout Sink) {
        if refusesByReply { sink.add(WireHeader.refuse, .string(RefusalMode.reply.rawValue)) }
        guard let reply else { return }
        sink.add(WireHeader.reply, .string(reply.mode.rawValue))
        sink.add(WireHeader.replyCorrelation, .string(reply.correlationID))
        sink.add(WireHeader.replyTo, .string(reply.queue))
    }
}

extension TraceContext {
    fileprivate func addHeaders<Sink: HeaderSink>(to sink: inout Sink) {
        sink.add(WireHeader.baggage, text: baggage)
        sink.add(WireHeader.traceparent, .string(traceparent))
        sink.add(WireHeader.tracestate, text: tracestate)
    }
}

extension HeaderSink {
    fileprivate mutating func add(tags: [String: String]) {
        if tags.isEmpty { return }
        let headers = tags.map { (name: WireHeader.tagPrefix + $0.key, value: $0.value) }
        for header in headers.sorted(by: { $0.name < $1.name }) { add(header.name, .string(header.value)) }
    }
}
