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
        if let body = command.partitionBody() { return message(of: command, body, partition: partition) }
        var message = OutboundMessage(
            exchange: hub.partitionExchange, routingKey: hub.partitionKey(partition), properties: Self.properties)
        switch command {
        case .start, .raise, .control, .childCompleted, .permit: break
        case .update(let update): encode(update, into: &message)
        case .purge(let purge): encode(purge, into: &message)
        case .workResult(let result):
            WorkResultCodec.encode(
                result.outcome, attempt: result.attempt, correlationID: signer.sign(result.token), into: &message)
        case .query(let query): encode(query, into: &message)
        case .limits(let limits):
            encode(limits, into: &message)
            encode(limits.context, into: &message)
        }
        return message
    }

    /// Builds the message of a command that partitions send to each other.
    ///
    /// - Parameter body: the command's body.
    func message(of command: Command, _ body: [UInt8], partition: Int) -> OutboundMessage {
        var count = HeaderCount()
        command.addHeaders(to: &count)
        var headers = HeaderTable(capacity: count.count)
        command.addHeaders(to: &headers)
        var properties = Self.properties
        properties.type = command.partitionType
        properties.headers = headers.table
        return OutboundMessage(
            exchange: hub.partitionExchange, routingKey: hub.partitionKey(partition), properties: properties,
            body: body)
    }

    /// Appends the same message to an outbox row, without building it.
    func append(_ command: Command, _ body: [UInt8], partition: Int, to row: inout OutboxRowWriter) {
        var properties = Self.properties
        properties.type = command.partitionType
        row.append(
            exchange: hub.partitionExchange, routingKey: hub.partitionKey(partition), properties, headersOf: command,
            body)
    }

    /// The properties that all messages to partitions have.
    private static var properties: MessageProperties {
        MessageProperties(contentType: WireContentType.json, isPersistent: true)
    }

    /// Decodes a command. The sender is not checked here.
    package func decode(_ message: InboundMessage) -> Result<Command, Refusal> {
        Result { () throws(Refusal) in try command(from: message) }
    }

    // MARK: - Encoding

    private func encode(_ purge: PurgeCommand, into message: inout OutboundMessage) {
        message.properties.type = WireType.purge
        message.body = InstanceQueryCodec.encode(purge.query).bytes
        encode(purge.context, into: &message)
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
