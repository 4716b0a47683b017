package import AMQPMessages
import Warren

/// Encodes commands to a partition, as messages of `{h}.partition.<nn>`.
///
/// The body is the raw payload. All other facts are in headers, resolved: a decoder makes no further decision. Only
/// hosts write to the partition exchange, and its messages are trusted under a partition's signature (`PartitionKeys`);
/// messages that arrive another way (`{h}.result`, the default exchange) can only be results of workers, and are
/// trusted only with a token that this hub signed.
package struct PartitionCodec: Sendable {
    let hub: TaskHubName
    let signer: TokenSigner
    let limits: WireLimits
    let replies: ReplyRules

    package init(
        hub: TaskHubName, signer: TokenSigner, limits: WireLimits = .init(), replies: ReplyRules = .init()
    ) {
        self.hub = hub
        self.signer = signer
        self.limits = limits
        self.replies = replies
    }

    package func encode(_ command: Command, partition: Int) -> OutboundMessage {
        var message = OutboundMessage(
            exchange: hub.partitionExchange, routingKey: hub.partitionKey(partition),
            properties: MessageProperties(contentType: WireContentType.json, isPersistent: true))
        switch command {
        case .start(let start): encode(start, into: &message)
        case .raise(let raise): encode(raise, into: &message)
        case .control(let control): encode(control, into: &message)
        case .update(let update): encode(update, into: &message)
        case .purge(let purge): encode(purge, into: &message)
        case .childCompleted(let completed): encode(completed, into: &message)
        case .workResult(let result):
            WorkResultCodec.encode(
                result.outcome, attempt: result.attempt, correlationID: signer.sign(result.token), into: &message)
        case .query(let query): encode(query, into: &message)
        case .limits(let limits):
            encode(limits, into: &message)
            encode(limits.context, into: &message)
        case .permit(let permit): encode(permit, into: &message)
        }
        return message
    }

    /// Decodes a command. The sender is not checked here.
    package func decode(_ message: InboundMessage) -> Result<Command, Refusal> {
        Result { () throws(Refusal) in try command(from: message) }
    }

    // MARK: - Encoding

    private func encode(_ start: StartCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.start
        encode(start.input, into: &message)
        message.properties.headers[WireHeader.name] = .string(start.name)
        message.properties.headers[WireHeader.instanceID] = .string(start.instanceID)
        if start.ifExists != .ignore {
            message.properties.headers[WireHeader.ifExists] = .string(start.ifExists.rawValue)
        }
        if let time = start.startAt {
            message.properties.headers[WireHeader.startAtMicroseconds] = .int64(time.microseconds)
        }
        for (key, value) in start.tags { message.properties.headers[WireHeader.tagPrefix + key] = .string(value) }
        if let version = start.version { message.properties.headers[WireHeader.version] = .string(version) }
        if let parent = start.parent { encode(parent, into: &message) }
        encode(rejoining: start, into: &message)
        encode(start.context, into: &message)
    }

    private func encode(_ raise: RaiseCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.raise
        encode(raise.payload, into: &message)
        if let start = raise.start { encode(start, with: raise.payload, into: &message) }
        message.properties.headers[WireHeader.instanceID] = .string(raise.instanceID)
        message.properties.headers[WireHeader.event] = .string(raise.eventName)
        encode(raise.context, into: &message)
    }

    private func encode(_ control: ControlCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.control
        message.properties.headers[WireHeader.instanceID] = .string(control.instanceID)
        message.properties.headers[WireHeader.verb] = .string(control.verb.rawValue)
        // The reason is written as the body: it may be long, and all headers must fit into one frame.
        if let reason = control.reason { message.body = Payload(jsonStringOf: reason).bytes }
        if let parent = control.parent { encode(parent, into: &message) }
        encode(choicesOf: control, into: &message)
        encode(control.context, into: &message)
    }

    private func encode(_ purge: PurgeCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.purge
        message.body = InstanceQueryCodec.encode(purge.query).bytes
        encode(purge.context, into: &message)
    }

    private func encode(_ completed: ChildCompletedCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.childCompleted
        encode(completed.parent, into: &message)
        switch completed.result {
        case .completed(let payload):
            message.properties.headers[WireHeader.status] = .string(WireStatus.ok.rawValue)
            message.body = payload.bytes
        case .failed(let failure):
            message.properties.headers[WireHeader.status] = .string(WireStatus.failed.rawValue)
            message.body = FailureCodec.encode(failure).bytes
        }
        encode(completed.context, into: &message)
    }

    private func encode(_ query: QueryCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.query
        switch query.question {
        case .status(let instanceID, let includeHistory):
            message.properties.headers[WireHeader.operation] = "status"
            message.properties.headers[WireHeader.instanceID] = .string(instanceID)
            if includeHistory { message.properties.headers[WireHeader.history] = true }
            message.properties.headers[WireHeader.historyFrom] = query.historyFrom.map { .string($0) }
            if let watch = query.watch {
                message.properties.headers[WireHeader.watch] = .int64(watch.milliseconds)
                message.properties.headers[WireHeader.executionID] = .string(watch.executionID)
            }
        case .statuses(let instanceIDs):
            message.properties.headers[WireHeader.operation] = "statuses"
            message.body = StatusesCodec.encode(question: instanceIDs).bytes
        case .wait(let instanceID):
            message.properties.headers[WireHeader.operation] = "wait"
            message.properties.headers[WireHeader.instanceID] = .string(instanceID)
        case .state(let instanceID, let question): encode(question, of: instanceID, into: &message)
        case .list(let list):
            message.properties.headers[WireHeader.operation] = "list"
            message.body = InstanceQueryCodec.encode(list).bytes
        case .count(let count):
            message.properties.headers[WireHeader.operation] = "count"
            message.body = InstanceCountCodec.encode(count).bytes
        case .damaged:
            message.properties.headers[WireHeader.operation] = "damaged"
        case .describe:
            message.properties.headers[WireHeader.operation] = "describe"
        }
        encode(query.context, into: &message)
    }

    func encode(_ payload: Payload, into message: inout OutboundMessage) {
        message.body = payload.bytes
        if let origin = payload.origin { message.properties.headers[WireHeader.origin] = .string(origin) }
    }

    private func encode(_ parent: ParentInstance, into message: inout OutboundMessage) {
        message.properties.headers[WireHeader.parentName] = .string(parent.name)
        message.properties.headers[WireHeader.parentInstanceID] = .string(parent.instanceID)
        message.properties.headers[WireHeader.parentExecutionID] = .string(parent.executionID)
        message.properties.headers[WireHeader.parentTaskID] = .int64(Int64(parent.taskID))
    }

    func encode(_ context: CommandContext, into message: inout OutboundMessage) {
        if let key = context.messageKey { message.properties.headers[WireHeader.messageKey] = .string(key) }
        message.properties.headers[WireHeader.bodyHash] = .int64(context.bodyHash)
        if let userID = context.userID { message.properties.headers[WireHeader.userID] = .string(userID) }
        if let limit = context.holdLimit { message.properties.headers[WireHeader.hold] = .int64(limit) }
        if context.refusesByReply {
            message.properties.headers[WireHeader.refuse] = .string(RefusalMode.reply.rawValue)
        }
        message.properties.add(context.trace)
        if let reply = context.reply {
            message.properties.headers[WireHeader.replyTo] = .string(reply.queue)
            message.properties.headers[WireHeader.replyCorrelation] = .string(reply.correlationID)
            message.properties.headers[WireHeader.reply] = .string(reply.mode.rawValue)
        }
    }
}
