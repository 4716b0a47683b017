import AMQP
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Everything that a partition says and hears, as messages.
struct PartitionWire: Sendable {
    private let names: TaskHubName
    private let partition: Int?
    private let partitionCount: Int
    private let codec: PartitionCodec
    private let workItems: WorkItemCodec
    private let signer: TokenSigner
    private let keys: PartitionKeys
    private let replies: ReplyRules
    private let replyTo: String
    private let clock: any HostClock
    private let json = JSONPayloadCodec()
    /// Work that was asked for up to then may be answered under the signature of versions without a secret.
    let formerTokensUntil: Timestamp?

    /// - Parameters:
    ///   - identity: of the partition's store. A host that only relays has none, and signs no work.
    ///   - keys: of all partitions that this process has.
    init(
        names: TaskHubName, configuration: HostConfiguration, identity: PartitionIdentity? = nil, keys: PartitionKeys,
        clock: any HostClock
    ) {
        self.names = names
        self.keys = keys
        self.clock = clock
        partition = identity?.partition
        partitionCount = configuration.partitionCount
        formerTokensUntil = identity?.secret.oldTokensUntil
        let secret = identity?.secret ?? PartitionSecret.make()
        let former = secret.oldTokensUntil == nil ? nil : (identity?.storeID.utf8).map(Array.init)
        signer = TokenSigner(secret: secret.bytes, former: former)
        replies = ReplyRules(prefixes: configuration.replyQueuePrefixes.sorted())
        codec = PartitionCodec(hub: names, signer: signer, replies: replies)
        workItems = WorkItemCodec(hub: names)
        replyTo = names.partitionQueue(identity?.partition ?? 0, of: configuration.partitionCount)
    }

    /// Which partition a command is for.
    func partition(of command: Command) -> Int {
        switch command {
        case .start(let command): partition(of: command.instanceID)
        case .raise(let command): partition(of: command.instanceID)
        case .control(let command): partition(of: command.instanceID)
        case .purge(let command): command.partition
        case .childCompleted(let command): partition(of: command.parent.instanceID)
        case .workResult(let result): result.token.partition
        case .query(let command):
            switch command.question {
            case .status(let instanceID, _), .wait(let instanceID): partition(of: instanceID)
            case .list, .damaged: command.partition
            case .describe: 0
            }
        }
    }

    private func partition(of instanceID: String) -> Int {
        Partitioning.partition(of: instanceID, count: partitionCount)
    }

    /// A command for the partition of an instance.
    func encode(_ command: Command, to instanceID: String) -> OutboundMessage {
        codec.encode(command, partition: partition(of: instanceID))
    }

    func encode(_ command: Command, partition: Int) -> OutboundMessage {
        codec.encode(command, partition: partition)
    }

    /// Whether the hub has a partition of that number.
    func hasPartition(_ number: Int) -> Bool { (0..<partitionCount).contains(number) }

    /// What another partition of this process sent.
    func decode(_ message: InboundMessage) -> Result<Command, Refusal> {
        codec.decode(message)
    }

    /// What came by a partition's queue.
    ///
    /// - Parameter acceptsUnsigned: whether a version may have sent it that did not sign yet.
    /// - Returns: `nil` for a message of a partition that this process does not have open. Nothing can be said of it now.
    func receive(_ message: InboundMessage, acceptsUnsigned: Bool) -> Result<Command, Refusal>? {
        // What comes another way is the result of a worker, and believed for the token that it echoes.
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

    /// Why a message that only this host can have written is not believed; `nil` if it is.
    func forgery(_ message: InboundMessage) -> Refusal? {
        switch keys.check(message) {
        case .genuine: nil
        case .unsigned, .forged, .unknownSender:
            Refusal(
                .forged, "The message does not carry the signature of a partition of this hub, so nothing was done.")
        }
    }

    /// A message as it leaves the process. Rows of the outbox may come from versions that did not sign, and that let an
    /// answer go where none may.
    func outgoing(_ message: OutboundMessage) -> OutboundMessage {
        if message.exchange == names.partitionExchange { return keys.sign(message, as: partition) }
        guard message.exchange.isEmpty, !replies.allows(message.routingKey, hub: names) else { return message }
        let original = InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
        let refusal = Refusal(
            .badReplyTo, "This answer was to go to a queue that is not one for replies. It was not sent there.")
        return deadLetter(original, refusal, partition: partition, at: clock.now)
    }

    /// Where an answer to a message of a partition's queue may go.
    func replyAddress(_ message: InboundMessage) -> ReplyAddress? { codec.replyAddress(of: message) }

    /// What a message of ours to a partition says.
    func decode(_ message: OutboundMessage) -> Result<Command, Refusal> { codec.decode(inbound(message)) }

    /// Who waits for the sub-orchestration that a refused message was to start.
    func parentOfStart(_ message: InboundMessage) -> ParentInstance? { codec.parentOfStart(message) }

    func workItem(_ item: WorkItem) -> OutboundMessage {
        workItems.encode(item, replyTo: replyTo, signer: signer)
    }

    func activityQueue(_ activity: String) -> String { names.activityQueue(activity) }

    /// The task that a work item's correlation ID names, if this partition signed it.
    func token(_ correlationID: String) -> TaskToken? {
        signer.verify(correlationID)
    }

    func lifecycle(_ message: LifecycleMessage) -> OutboundMessage {
        LifecycleCodec(hub: names).encode(message)
    }

    func console(_ message: ConsoleMessage) -> OutboundMessage {
        ConsoleCodec(hub: names).encode(message)
    }

    /// An answer; to a queue that is not one for replies, a dead letter instead.
    func reply(_ message: ReplyMessage) -> OutboundMessage {
        outgoing(ReplyCodec.encode(message))
    }

    func deadLetter(
        _ message: InboundMessage, _ refusal: Refusal, poison: FlightRecord.Suspect? = nil, isTaken: Bool = false,
        partition: Int?, at time: Timestamp
    ) -> OutboundMessage {
        DeadLetterCodec(hub: names).encode(
            message, refusal, host: HostName.current, partition: partition, at: time, isTaken: isTaken,
            poison: poison.map { DeadLetterCodec.Poison(subject: $0.subject, deaths: $0.deaths, since: $0.firstSeen) })
    }

    /// How an ended instance's end reads for who asked.
    func endReply(_ record: InstanceRecord, to address: ReplyAddress) -> ReplyMessage {
        let (status, body): (ReplyMessage.Status, Payload) =
            switch record.status {
            case .failed:
                (.failed, record.failure.map { json($0) } ?? .null)
            case .terminated: (.terminated, record.output ?? .null)
            default: (.completed, record.output ?? .null)
            }
        return ReplyMessage(address: address, status: status, instanceID: record.instanceID, body: body)
    }

    /// An instance as it is shown. One that has not begun waits for its start before anything else.
    func status(of record: InstanceRecord, openTasks: [String]) -> OrchestrationStatus {
        var openTasks = openTasks
        if record.isWaitingForStart, let start = record.scheduledStart {
            openTasks.insert("waits for its start at \(ISO8601.text(start))", at: 0)
        }
        return OrchestrationStatus(
            name: record.name, instanceID: record.instanceID, executionID: record.executionID,
            runtimeStatus: record.status, createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt,
            input: record.input, output: record.output, customStatus: record.customStatus, failure: record.failure,
            tags: record.tags, openTasks: openTasks, scheduledStart: record.scheduledStart)
    }

    /// What an instance waits for, for people: a hundred things at the most.
    static func texts(of openTasks: [Int: InstanceState.OpenTask]) -> [String] {
        openTasks.sorted { $0.key < $1.key }.prefix(100).map { id, task in
            switch task {
            case .activity(let call): "activity \(call.name) #\(id)"
            case .subOrchestration(let name, let instanceID): "sub-orchestration \(name) \(instanceID) #\(id)"
            case .timer(let fireAt): "timer #\(id) until \(ISO8601.text(fireAt))"
            }
        }
    }

    /// The dead letter of an event that no wait of its instance can read, as if it had been published anew.
    func deadLetter(
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

    /// A command that waits, with the message that it came in.
    func encodeHeld(_ command: Command, source: InboundMessage?) -> [UInt8] {
        var messages = [codec.encode(command, partition: partition(of: command))]
        if let source {
            messages.append(
                OutboundMessage(
                    exchange: source.exchange, routingKey: source.routingKey, properties: source.properties,
                    body: source.body))
        }
        return OutboxCodec.encode(messages)
    }

    /// - Throws: when the row is damaged; nothing that was held is dropped for it.
    func decodeHeld(_ bytes: [UInt8]) throws -> (command: Command, source: InboundMessage?) {
        let messages = try OutboxCodec.decode(bytes)
        guard let first = messages.first else { throw Refusal(.unknownKind, "A held message is empty.") }
        return (try codec.decode(inbound(first)).get(), messages.dropFirst().first.map(inbound))
    }

    private func inbound(_ message: OutboundMessage) -> InboundMessage {
        InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
    }

    /// An answer to a question. One that cannot be written says so: whoever asks hears something in any case.
    ///
    /// - Parameter readable: the same without what damage has made unfit for JSON, if there may be such a thing.
    func answer<Value: Encodable>(
        _ value: Value, or readable: (() -> Value)? = nil, to address: ReplyAddress, instanceID: String?
    ) -> OutboundMessage {
        let message: ReplyMessage
        do {
            let body: Payload
            do {
                body = try json.encode(value)
            } catch {
                guard let readable else { throw error }
                body = try json.encode(readable())
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
        return reply(message)
    }

    func json(_ failure: FailureDetails) -> Payload {
        do {
            return try json.encode(failure)
        } catch {
            return FailureCodec.encode(failure)
        }
    }

    /// A text as JSON.
    func json(_ text: String) -> Payload { Payload(JSONValue.string(text)) }

    /// That a command was taken, and where the instance stands if that changes nothing.
    func accepted(_ instanceID: String, unchanged: RuntimeStatus? = nil) -> Payload {
        ReplyCodec.accepted(instanceID, unchanged: unchanged)
    }

    func json(_ refusal: Refusal) -> Payload { ReplyCodec.body(of: refusal) }
}
