import AMQPMessages
import Warren
import WarrenMessaging

/// Something that a program of a hub might do to be taken for another one.
struct Forgery: Sendable {
    var name: String
    /// What is published.
    private var message: OutboundMessage
    /// What a message between partitions is signed with.
    private var secret: [UInt8]?
    /// Why it is refused, if the broker takes it.
    var reason: String

    private init(name: String, message: OutboundMessage, secret: [UInt8]? = nil, reason: String) {
        self.name = name
        self.message = message
        self.secret = secret
        self.reason = reason
    }

    /// The message, with a note by which its dead letter is known again.
    func message(note: String) -> OutboundMessage {
        var message = message
        message.properties.headers["warren-note"] = .string(note)
        return secret.map { MessageSigner(partition: 0, secret: $0).sign(message) } ?? message
    }

    /// What an attacker knows: all IDs of the victims, and what the owner record says.
    struct Knowledge {
        var names: TaskHubName
        /// The victims' partitions, and how many there are.
        var partitions: (parent: Int, work: Int, count: Int)
        var parent: ParentInstance
        var work: TaskToken
        var storeID: String
    }

    static func all(_ known: Knowledge) -> [Forgery] {
        let names = known.names
        let queue = names.partitionQueue(known.partitions.work, of: known.partitions.count)
        let parentQueue = names.partitionQueue(known.partitions.parent, of: known.partitions.count)
        let codec = PartitionCodec(hub: names, signer: TokenSigner(secret: Array(known.storeID.utf8)))
        let lie = Payload(JSONValue.string("FORGED"))
        func command(_ command: Command, _ partition: Int) -> OutboundMessage {
            codec.encode(command, partition: partition)
        }
        let completed = command(
            .childCompleted(ChildCompletedCommand(parent: known.parent, result: .completed(lie))),
            known.partitions.parent)
        func moved(_ exchange: String, _ key: String) -> OutboundMessage {
            var message = completed
            (message.exchange, message.routingKey) = (exchange, key)
            return message
        }
        func result(
            _ correlationID: String, _ outcome: WorkResult.Outcome = .completed(lie), exchange: String? = nil
        ) -> OutboundMessage {
            var message = WorkResultCodec(hub: names).encode(outcome, replyTo: queue, correlationID: correlationID)
            if let exchange { message.exchange = exchange }
            return message
        }
        let stolen = TokenSigner(secret: Array(known.storeID.utf8)).sign(known.work)
        let guessed = "AAAAAAAAAAAAAAAAAAAAAA" + stolen.dropFirst(22)
        func request(_ exchange: String, _ key: String, _ properties: MessageProperties) -> OutboundMessage {
            OutboundMessage(exchange: exchange, routingKey: key, properties: properties, body: Array("\"FORGED\"".utf8))
        }
        return [
            Forgery(name: "an unsigned end of a child", message: completed, reason: "forged"),
            Forgery(
                name: "an end of a child signed with the store ID", message: completed,
                secret: Array(known.storeID.utf8), reason: "forged"),
            Forgery(name: "an end of a child signed with nothing", message: completed, secret: [], reason: "forged"),
            Forgery(
                name: "an end of a child by the exchange for results",
                message: moved(names.resultExchange, parentQueue),
                reason: "unmatched-result"),
            Forgery(
                name: "an end of a child into the queue", message: moved("", parentQueue), reason: "unmatched-result"),
            Forgery(
                name: "a start in a parent's name",
                message: command(
                    .start(StartCommand(name: "Liar", instanceID: "liar", input: lie, parent: known.parent)),
                    known.partitions.parent), reason: "forged"),
            Forgery(
                name: "a start of nothing that is known, in a parent's name",
                message: command(
                    .start(StartCommand(name: "", instanceID: "liar", input: lie, parent: known.parent)),
                    known.partitions.parent), reason: "forged"),
            Forgery(
                name: "a purge in a parent's name",
                message: command(
                    .control(ControlCommand(instanceID: "done", verb: .purge, parent: known.parent)),
                    known.partitions.parent), reason: "forged"),
            Forgery(
                name: "a command to end an instance",
                message: command(
                    .control(ControlCommand(instanceID: known.parent.instanceID, verb: .terminate)),
                    known.partitions.parent), reason: "forged"),
            Forgery(
                name: "a result under a guessed token", message: result(guessed), reason: "unmatched-result"),
            Forgery(
                name: "a result signed with the store ID", message: result(stolen), reason: "unmatched-result"),
            Forgery(
                name: "a result by the partitions' exchange",
                message: command(
                    .workResult(WorkResult(token: known.work, outcome: .completed(lie))), known.partitions.work),
                reason: "forged"),
            Forgery(
                name: "a result into the queue", message: result(stolen, exchange: ""), reason: "unmatched-result"),
            Forgery(
                name: "a heartbeat for another's work", message: result(guessed, .heartbeat(lease: .seconds(80_000))),
                reason: "unmatched-result"),
            Forgery(
                name: "another's work given back", message: result(stolen, .released), reason: "unmatched-result"),
            Forgery(
                name: "work that died",
                message: request(
                    names.deadExchange, "work", MessageProperties(correlationID: stolen, replyTo: queue)),
                reason: "unmatched-result"),
            Forgery(
                name: "an answer's address behind a zero byte",
                message: request(
                    names.startExchange, "Liar",
                    MessageProperties(
                        correlationID: "a\0completed\0\(names.activityQueue("Charge"))\0b", replyTo: "reply.x")),
                reason: "bad-header"),
            Forgery(
                name: "an answer into a queue of the hub",
                message: request(
                    names.startExchange, "Liar",
                    MessageProperties(
                        headers: ["warren-instance-id": "liar"], replyTo: names.activityQueue("Charge"))),
                reason: "bad-reply-to"),
        ]
    }
}
