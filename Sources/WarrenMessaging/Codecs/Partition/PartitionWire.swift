package import AMQPMessages
package import Warren
import WarrenSupport

/// Encodes and decodes all messages of a partition. Pure: the time is a parameter.
///
/// A class: with its keys and prepared texts it has more than a thousand bytes, and it is at hand wherever a message is made.
package final class PartitionWire: Sendable {
    let names: TaskHubName
    private let partition: Int?
    private let partitionCount: Int
    private let codec: PartitionCodec
    private let encoder: CommandEncoder
    private let workItems: WorkItemCodec
    let signer: TokenSigner
    /// The keys of all partitions that this process has.
    package let keys: PartitionKeys
    let replies: ReplyRules
    private let replyTo: String
    private let host: String
    private let json = JSONPayloadCodec()
    /// The time until which work may be answered under the signature of versions without a secret.
    package let formerTokensUntil: Timestamp?
    /// Whether the hub's hosts and workers share a payload folder: a work item says so, and may have a reference for its
    /// input.
    package let hasPayloadFolder: Bool

    /// The secrets with which a partition signs.
    package struct Signing: Sendable {
        package var secret: [UInt8]
        /// The key of versions without a secret, if their work may still be answered.
        package var former: [UInt8]?
        /// The time at which the last such version asked for work.
        package var formerUntil: Timestamp?

        package init(secret: [UInt8], former: [UInt8]? = nil, formerUntil: Timestamp? = nil) {
            self.secret = secret
            self.former = former
            self.formerUntil = formerUntil
        }
    }

    /// - Parameters:
    ///   - partition: the partition that sends these messages; `nil` for a host that only relays, which signs no work.
    ///   - keys: the keys of all partitions that this process has.
    ///   - host: the machine's name, as dead letters give it.
    package init(
        names: TaskHubName, partition: Int?, of partitionCount: Int, signing: Signing, keys: PartitionKeys,
        replies: ReplyRules, host: String, hasPayloadFolder: Bool = false
    ) {
        self.hasPayloadFolder = hasPayloadFolder
        self.names = names
        self.partition = partition
        self.partitionCount = partitionCount
        self.keys = keys
        self.replies = replies
        self.host = host
        formerTokensUntil = signing.formerUntil
        signer = TokenSigner(secret: signing.secret, former: signing.former)
        codec = PartitionCodec(hub: names, signer: signer, replies: replies)
        encoder = CommandEncoder(codec)
        workItems = WorkItemCodec(hub: names)
        replyTo = names.partitionQueue(partition ?? 0, of: partitionCount)
    }

    /// The partition that a command is for.
    package func partition(of command: Command) -> Int {
        switch command {
        case .start(let command): partition(of: command.instanceID)
        case .raise(let command): partition(of: command.instanceID)
        case .control(let command): partition(of: command.instanceID)
        case .update(let command): partition(of: command.instanceID)
        case .purge(let command): command.partition
        case .childCompleted(let command): partition(of: command.parent.instanceID)
        case .workResult(let result): result.token.partition
        case .limits(let command): command.partition
        case .permit(let permit):
            switch permit.verb {
            case .request, .release: partition(ofPermitsOf: permit.activity)
            case .grant, .refuse: permit.token.partition
            }
        case .query(let command):
            switch command.question {
            case .status(let instanceID, _), .wait(let instanceID), .state(let instanceID, _):
                partition(of: instanceID)
            case .statuses, .list, .count, .damaged: command.partition
            case .describe: 0
            }
        }
    }

    private func partition(of instanceID: String) -> Int {
        Partitioning.partition(of: instanceID, count: partitionCount)
    }

    /// The partition that gives out the permits of an activity.
    package func partition(ofPermitsOf activity: String) -> Int {
        Partitioning.partition(of: activity, count: partitionCount)
    }

    /// A command for the partition that it is for.
    package func encode(_ command: Command) -> OutboundMessage {
        codec.encode(command, partition: partition(of: command))
    }

    /// A command for the partition that it is for, to be encoded where its bytes are needed.
    package func outboxMessage(_ command: Command) -> OutboxMessage {
        outboxMessage(command, partition: partition(of: command))
    }

    /// A command for the partition of an instance, to be encoded where its bytes are needed.
    package func outboxMessage(_ command: Command, to instanceID: String) -> OutboxMessage {
        outboxMessage(command, partition: partition(of: instanceID))
    }

    private func outboxMessage(_ command: Command, partition: Int) -> OutboxMessage {
        if let message = CommandMessage(command, to: partition, by: encoder) { return .command(message) }
        return .encoded(codec.encode(command, partition: partition))
    }

    package func encode(_ command: Command, partition: Int) -> OutboundMessage {
        codec.encode(command, partition: partition)
    }

    /// Whether the hub has a partition of that number.
    package func hasPartition(_ number: Int) -> Bool { (0..<partitionCount).contains(number) }

    /// Decodes a message of another partition of this process.
    package func decode(_ message: InboundMessage) -> Result<Command, Refusal> {
        codec.decode(message)
    }

    /// Decodes a message of a partition's queue.
    ///
    /// - Parameter acceptsUnsigned: whether a version that did not sign may have sent it.
    /// - Returns: `nil` for a message of a partition that this process does not have open. It cannot be judged at
    ///   present.
    package func receive(_ message: InboundMessage, acceptsUnsigned: Bool) -> Result<Command, Refusal>? {
        // A message that arrives another way is the result of a worker, and is trusted for the token that it echoes.
        guard message.exchange == names.partitionExchange else { return codec.decode(message) }
        switch keys.check(message) {
        case .genuine: return codec.decode(message)
        case .unsigned where acceptsUnsigned: return codec.decode(message)
        case .unknownSender: return nil
        case .unsigned, .forged:
            return .failure(
                Refusal(
                    .forged,
                    "The message does not carry the signature of a partition of this hub, so nothing was done. Only hosts "
                        + "publish to '\(names.partitionExchange)'; clients list and purge by '\(names.queryExchange)'."
                ))
        }
    }

    /// The reason why a message that only this host can have written is not trusted; `nil` if it is.
    package func forgery(_ message: InboundMessage) -> Refusal? {
        switch keys.check(message) {
        case .genuine: nil
        case .unsigned, .forged, .unknownSender:
            Refusal(
                .forged, "The message does not carry the signature of a partition of this hub, so nothing was done.")
        }
    }

    /// A message as it leaves the process. Rows of the outbox may be of versions that did not sign, and that allowed
    /// reply addresses which are not allowed now.
    package func outgoing(_ message: OutboundMessage, at time: Timestamp) -> OutboundMessage {
        if message.exchange == names.partitionExchange { return signed(message) }
        guard message.exchange.isEmpty, !admits(worker: message.routingKey) else { return message }
        let original = InboundMessage(message)
        let refusal = Refusal(
            .badReplyTo, "This answer was to go to a queue that is not one for replies. It was not sent there.")
        return deadLetter(original, refusal, partition: partition, at: time)
    }

    /// A message to a partition with the signature of this one.
    package func signed(_ message: OutboundMessage) -> OutboundMessage { keys.sign(message, as: partition) }

    /// A message that the host forwards to a partition, with a signature that the partition's reader can check.
    package func signed(_ message: OutboundMessage, forwardedTo number: Int) -> OutboundMessage {
        keys.sign(message, forwardedTo: number)
    }

    /// The reply address of a message of a partition's queue.
    package func replyAddress(_ message: InboundMessage) -> ReplyAddress? { codec.replyAddress(of: message) }

    /// Decodes a message of this partition to another one.
    package func decode(_ message: OutboundMessage) -> Result<Command, Refusal> { codec.decode(received(message)) }

    /// The parent of the sub-orchestration that `message` would have started, if any.
    package func parentOfStart(_ message: InboundMessage) -> ParentInstance? { codec.parentOfStart(message) }

    package func workItem(_ item: WorkItem) -> OutboundMessage {
        var item = item
        item.takesReferences = hasPayloadFolder
        return workItems.encode(item, replyTo: replyTo, signer: signer)
    }

    /// Returns what a worker of this process makes of an item's message; `nil` if it has to decode the message.
    package func carried(_ item: WorkItem, in message: OutboundMessage) -> WorkItem? {
        var item = item
        item.takesReferences = hasPayloadFolder
        return workItems.carried(item, in: message)
    }

    package func activityQueue(_ activity: String) -> String { names.activityQueue(activity) }

    /// The task that a work item's correlation ID names, if this partition signed it.
    package func token(_ correlationID: String) -> TaskToken? {
        signer.verify(correlationID)
    }

    package func lifecycle(_ message: LifecycleMessage) -> OutboundMessage {
        LifecycleCodec(hub: names).encode(message)
    }

    package func console(_ message: ConsoleMessage) -> OutboundMessage {
        ConsoleCodec(hub: names).encode(message)
    }

    /// Builds a reply; for a queue that is not one for replies, a dead letter instead.
    package func reply(_ message: ReplyMessage, at time: Timestamp) -> OutboundMessage {
        outgoing(ReplyCodec.encode(message), at: time)
    }

    package func deadLetter(
        _ message: InboundMessage, _ refusal: Refusal, poison: DeadLetterCodec.Poison? = nil, isTaken: Bool = false,
        partition: Int?, at time: Timestamp
    ) -> OutboundMessage {
        DeadLetterCodec(hub: names).encode(
            message, refusal, host: host, partition: partition, at: time, isTaken: isTaken, poison: poison)
    }

    /// Builds the reply that reports how `record` ended.
    package func endReply(_ record: InstanceRecord, to address: ReplyAddress) -> ReplyMessage {
        let (status, body): (ReplyMessage.Status, Payload) =
            switch record.status {
            case .failed:
                (.failed, record.failure.map { json($0) } ?? .null)
            case .terminated: (.terminated, record.output ?? .null)
            default: (.completed, record.output ?? .null)
            }
        return ReplyMessage(
            address: address, status: status, instanceID: record.instanceID, body: body, trace: record.trace)
    }

    /// The status of an instance as it is shown.
    package func status(of record: InstanceRecord, waits: OpenWaits) -> OrchestrationStatus {
        var status = OrchestrationStatus(
            name: record.name, instanceID: record.instanceID, executionID: record.executionID,
            runtimeStatus: record.status, createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt,
            input: record.input, output: record.output, customStatus: record.customStatus, failure: record.failure,
            tags: record.tags, scheduledStart: record.scheduledStart)
        status.parentID = record.parent?.instanceID
        status.version = record.version
        if !record.conditionBytes.isEmpty {
            let condition = record.condition
            status.suspension = record.status == .suspended ? condition.suspension : nil
            status.bodyEnd = condition.bodyEnd
        }
        status.show(waits)
        return status
    }

    /// Builds the dead letter of an event that no wait of its instance can read, as if it had been published anew.
    package func deadLetter(
        ofEvent name: String, _ input: Payload, to instanceID: String, because reason: String, partition: Int,
        at time: Timestamp
    ) -> OutboundMessage {
        let event = InboundMessage(
            exchange: names.eventExchange, routingKey: "\(instanceID)/\(name)",
            properties: MessageProperties(contentType: WireContentType.json, isPersistent: true), body: input.bytes)
        return deadLetter(
            event,
            Refusal(
                .unreadableEvent,
                "The instance '\(instanceID)' waits for another kind of value, and goes on waiting: \(reason)."),
            partition: partition, at: time)
    }

    /// Builds the message with an operation of an entity, as if it had been published anew.
    package func message(_ operation: String, _ input: Payload, to entityID: String) -> InboundMessage {
        let entity = EntityID(instanceID: entityID) ?? EntityID(name: "", key: entityID)
        return InboundMessage(
            exchange: names.entityExchange, routingKey: "\(entity.name)/\(entity.key)/\(operation)",
            properties: MessageProperties(contentType: WireContentType.json, isPersistent: true), body: input.bytes)
    }

    /// Encodes a held command, with the message that carried it.
    package func encodeHeld(_ command: Command, source: InboundMessage?) -> [UInt8] {
        let message = outboxMessage(command)
        var row = OutboxRowWriter(
            count: source == nil ? 1 : 2, bodyBytes: message.bodyBytes + (source?.body.count ?? 0))
        message.append(to: &row)
        if let source {
            row.append(
                OutboundMessage(source))
        }
        return row.bytes
    }

    /// - Throws: when the row is damaged; no held message is dropped for it.
    package func decodeHeld(_ bytes: [UInt8]) throws -> (command: Command, source: InboundMessage?) {
        let messages = try OutboxCodec.decode(bytes)
        guard let first = messages.first else { throw Refusal(.unknownKind, "A held message is empty.") }
        return (try codec.decode(received(first)).get(), messages.dropFirst().first.map(received))
    }

    /// Builds the answer to a question. If it cannot be encoded, it is a rejection that says so, so that the requester
    /// gets a reply in any case.
    ///
    /// - Parameter readable: the same value without parts that damage has made unfit for JSON, if there may be any.
    package func answer<Value: Encodable>(
        _ value: Value, or readable: (() -> Value)? = nil, to address: ReplyAddress, instanceID: String?,
        at time: Timestamp
    ) -> OutboundMessage {
        let message: ReplyMessage
        do {
            let body: Payload
            do {
                body = try QueryReplyCodec.encode(value)
            } catch {
                guard let readable else { throw error }
                body = try QueryReplyCodec.encode(readable())
            }
            message = ReplyMessage(address: address, status: .answered, instanceID: instanceID, body: body)
        } catch {
            message = ReplyCodec.rejection(
                Refusal(
                    .unanswerable,
                    "The answer cannot be written as JSON: \(error). Ask for less: a single instance, or a status without "
                        + "its history."),
                to: address, instanceID: instanceID)
        }
        return reply(message, at: time)
    }

    package func json(_ failure: FailureDetails) -> Payload {
        do {
            return try json.encode(failure)
        } catch {
            return FailureCodec.encode(failure)
        }
    }

    /// A text as JSON.
    package func json(_ text: String) -> Payload { Payload(JSONValue.string(text)) }

    /// The body of the reply that a command was taken, with the status of the instance if the command changes nothing.
    package func accepted(
        _ instanceID: String, unchanged: RuntimeStatus? = nil, children: [String]? = nil
    ) -> Payload {
        ReplyCodec.accepted(instanceID, unchanged: unchanged, children: children)
    }

    package func json(_ refusal: Refusal) -> Payload { ReplyCodec.body(of: refusal) }
}
