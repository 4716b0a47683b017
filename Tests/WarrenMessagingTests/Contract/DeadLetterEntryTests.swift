import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Dead letters as people see them: whatever lies in the queue can be shown, and is published again only where it may be.
@Suite("Dead letters for people")
struct DeadLetterEntryTests {
    private func letter(_ original: InboundMessage, _ reason: Refusal.Reason = .badName) -> DeadLetterEntry {
        let dead = DeadLetterCodec(hub: testHub).encode(
            original, Refusal(reason, "no"), host: "host-1", at: Timestamp(microseconds: 1_000_000))
        return DeadLetterEntry(
            InboundMessage(
                exchange: dead.exchange, routingKey: dead.routingKey, properties: dead.properties, body: dead.body),
            hub: testHub)
    }

    @Test("A letter goes back to its exchange with its own properties, and without what was said of its death")
    func redrive() throws {
        var properties = MessageProperties(contentType: "application/json")
        properties.messageID = "m-1"
        properties.replyTo = "reply.web"
        properties.headers = ["warren-instance-id": "order-42", "x-death": "mine", "CC": "others"]
        let entry = letter(
            InboundMessage(
                exchange: testHub.startExchange, routingKey: "Bill ing", properties: properties, body: Array("{}".utf8))
        )
        #expect(entry.reason == "bad-name" && entry.exchange == testHub.startExchange && entry.routingKey == "Bill ing")
        #expect(entry.headers.map(\.name) == ["warren-instance-id"])
        guard case .message(let message) = entry.redrive else {
            Issue.record("it cannot be redriven")
            return
        }
        #expect(message.exchange == testHub.startExchange && message.routingKey == "Bill ing")
        #expect(message.properties.messageID == "m-1" && message.properties.replyTo == nil)
        #expect(message.properties.headers == ["warren-instance-id": "order-42"])
        #expect(message.body == Array("{}".utf8))
    }

    @Test("What was cut, or went from host to host, stays, and says why")
    func impossible() {
        let large = letter(
            InboundMessage(exchange: testHub.startExchange, routingKey: "A", body: Array(repeating: 0x20, count: 9000)),
            .tooLarge)
        #expect(large.bodyBytes == 9000 && large.body.count == 4096)
        #expect(
            large.redrive == .impossible("its body was too large to be kept whole; its publisher has to send it again"))
        let between = letter(InboundMessage(exchange: testHub.partitionExchange, routingKey: "0"))
        guard case .impossible = between.redrive else {
            Issue.record("a message between hosts is published again")
            return
        }
    }

    @Test("What the broker gave up is shown with the broker's reason, and goes back if it came from outside")
    func broker() {
        func entry(_ exchange: String, _ key: String) -> DeadLetterEntry {
            let death: FieldTable = [
                "reason": "delivery_limit", "queue": .string(testHub.intakeQueue), "exchange": .string(exchange),
                "routing-keys": .array([.string(key)]), "time": .timestamp(1_800_000_000),
            ]
            return DeadLetterEntry(
                InboundMessage(
                    exchange: testHub.deadExchange, routingKey: "broker",
                    properties: MessageProperties(headers: ["x-death": .array([.table(death)])])), hub: testHub)
        }
        let start = entry(testHub.startExchange, "Billing")
        #expect(start.reason == "delivery_limit" && start.queue == testHub.intakeQueue && start.routingKey == "Billing")
        #expect(start.at == Timestamp(microseconds: 1_800_000_000_000_000))
        guard case .message(let message) = start.redrive else {
            Issue.record("it cannot be redriven")
            return
        }
        #expect(message.exchange == testHub.startExchange && message.routingKey == "Billing")
        guard case .impossible(let why) = entry(testHub.activityExchange, "Charge").redrive else {
            Issue.record("a dead work item is published again")
            return
        }
        #expect(why.contains("its activity has failed"))
    }

    @Test("Anything at all that lies in the queue can be shown")
    func anything() {
        let odd: [MessageProperties] = [
            MessageProperties(), MessageProperties(headers: ["x-death": "no"]),
            MessageProperties(headers: ["x-death": .array([])]),
            MessageProperties(headers: ["x-death": .array([.table(["time": .timestamp(.max), "routing-keys": 7])])]),
            MessageProperties(headers: ["warren-dead-reason": 7, "x-delivery-count": .int64(.min)]),
        ]
        for properties in odd {
            let entry = DeadLetterEntry(
                InboundMessage(exchange: "", routingKey: "", properties: properties, body: [0xFF]), hub: testHub)
            #expect(entry.reason == "unknown" && entry.id.count == 10 && !entry.remedy.isEmpty)
        }
    }

    @Test("A letter's ID is the same at every look, and another letter's is another")
    func identity() {
        let message = InboundMessage(exchange: testHub.startExchange, routingKey: "A", body: [1])
        var other = message
        other.body = [2]
        #expect(letter(message).id == letter(message).id)
        #expect(letter(message).id != letter(other).id)
        #expect(letter(message, .badName).id != letter(message, .badHeader).id)
    }
}
