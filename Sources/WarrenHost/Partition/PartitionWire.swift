import Warren
import WarrenMessaging
import WarrenStorage

/// Everything that a partition says and hears, as messages.
struct PartitionWire: Sendable {
    private let names: TaskHubName
    private let partitionCount: Int
    private let codec: PartitionCodec
    private let workItems: WorkItemCodec
    private let signer: TokenSigner
    private let replyTo: String
    private let json = JSONPayloadCodec()

    /// - Parameter secret: what the partition signs its work items with; a host that only relays needs none.
    init(names: TaskHubName, configuration: HostConfiguration, partition: Int = 0, secret: String = "") {
        self.names = names
        partitionCount = configuration.partitionCount
        signer = TokenSigner(secret: Array(secret.utf8))
        codec = PartitionCodec(hub: names, signer: signer)
        workItems = WorkItemCodec(hub: names, signer: signer)
        replyTo = names.partitionQueue(partition, of: configuration.partitionCount)
    }

    /// Which partition a command is for.
    func partition(of command: Command) -> Int {
        switch command {
        case .start(let command): partition(of: command.instanceID)
        case .raise(let command): partition(of: command.instanceID)
        case .control(let command): partition(of: command.instanceID)
        case .purge: 0
        case .childCompleted(let command): partition(of: command.parent.instanceID)
        case .workResult(let result): result.token.partition
        case .query(let command):
            switch command.question {
            case .status(let instanceID, _), .wait(let instanceID): partition(of: instanceID)
            case .list, .describe: 0
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

    /// What came by a partition's queue.
    func decode(_ message: InboundMessage) -> Result<Command, Refusal> {
        codec.decode(message)
    }

    /// Who waits for the sub-orchestration that a refused message was to start.
    func parentOfStart(_ message: InboundMessage) -> ParentInstance? { codec.parentOfStart(message) }

    func workItem(_ item: WorkItem) -> OutboundMessage {
        workItems.encode(item, replyTo: replyTo)
    }

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

    func reply(_ message: ReplyMessage) -> OutboundMessage {
        ReplyCodec.encode(message)
    }

    func deadLetter(
        _ message: InboundMessage, _ refusal: Refusal, poison: FlightRecord.Suspect? = nil, partition: Int?,
        at time: Timestamp
    ) -> OutboundMessage {
        DeadLetterCodec(hub: names).encode(
            message, refusal, host: HostName.current, partition: partition, at: time,
            poison: poison.map { DeadLetterCodec.Poison(subject: $0.subject, deaths: $0.deaths, since: $0.firstSeen) })
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
        return (try codec.decode(inbound(first)).get(), messages.count > 1 ? inbound(messages[1]) : nil)
    }

    private func inbound(_ message: OutboundMessage) -> InboundMessage {
        InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
    }

    /// A value of ours as JSON. Our own types always have one.
    func json(_ value: some Encodable) -> Payload {
        do {
            return try json.encode(value)
        } catch {
            preconditionFailure("A reply cannot be written as JSON: \(error)")
        }
    }

    func json(_ refusal: Refusal) -> Payload {
        json(["reason": refusal.reason.rawValue, "detail": refusal.detail])
    }
}
