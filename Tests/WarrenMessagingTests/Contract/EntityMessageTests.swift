import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Operations for entities, as other programs send them.
@Suite struct EntityMessageTests {
    private let decoder = IntakeDecoder(hub: testHub, now: { Timestamp(microseconds: 1_000_000) })

    /// The request of a message: entity, operation, request.
    private func read(
        _ message: InboundMessage
    ) throws -> (id: String, operation: String, request: EntityRequest, context: CommandContext) {
        guard case .raise(let raise) = try decoder.command(from: message).get() else {
            throw MessagingError(.missing, "")
        }
        return (
            raise.instanceID, raise.eventName, try #require(EntityRequest(raise.payload)), raise.context
        )
    }

    private func refusal(_ message: InboundMessage) -> Refusal? {
        if case .failure(let refusal) = decoder.command(from: message) { refusal } else { nil }
    }

    @Test func `The key names entity, key and operation; the body is the input`() throws {
        let asked = try read(.from("shop.entity", "Counter/Visits/add", "5"))
        #expect(asked.id == "@counter@Visits" && asked.operation == "add")
        #expect(asked.request == EntityRequest(isSignal: true, input: Payload(json: "5")))
        #expect(try read(.from("shop.entity", "counter//add", "5")).id == "@counter@")
        // MQTT's slashes arrive as dots.
        #expect(try read(.from("shop.entity", "counter.a.add", "5")).id == "@counter@a")
        #expect(try read(.from("shop.entity", "counter/a/add", "")).request.input.isNull)
    }

    @Test func `Headers name what the key does not, and when it runs`() throws {
        let headers: FieldTable = [
            "warren-instance-id": "@counter@a/b", "warren-event": "add", "warren-delay-ms": 1500,
        ]
        let bad = InboundMessage.from("shop.entity", "x", "5", MessageProperties(headers: headers))
        #expect(refusal(bad)?.reason == .badInstanceID)
        var good = headers
        good["warren-instance-id"] = "@counter@a"
        let asked = try read(
            .from("shop.entity", "x", "5", MessageProperties(headers: good, messageID: "m-1")))
        #expect(asked.id == "@counter@a" && asked.operation == "add")
        #expect(asked.request.due == Timestamp(microseconds: 2_500_000))
        #expect(asked.context.messageKey == "signal/@counter@a/add//m-1")
        let structured = InboundMessage.from(
            "", "shop.intake",
            #"{"op":"signal","entity":"counter","key":"a","operation":"add","input":{"n":1},"delayMs":1000}"#,
            MessageProperties(contentType: "application/vnd.warren+json"))
        let read = try read(structured)
        #expect(read.id == "@counter@a" && read.operation == "add" && read.request.input.json == #"{"n":1}"#)
        #expect(read.request.due == Timestamp(microseconds: 2_000_000))
    }

    @Test func `What names no entity or no operation is refused with the remedy`() {
        #expect(refusal(.from("shop.entity", "counter", "5"))?.reason == .badRoutingKey)
        #expect(refusal(.from("shop.entity", "counter/a", "5"))?.reason == .badRoutingKey)
        #expect(refusal(.from("shop.entity", "counter/a/", "5"))?.reason == .badRoutingKey)
        #expect(refusal(.from("shop.entity", "1/a/add", "5"))?.reason == .badInstanceID)
        #expect(refusal(.from("shop.entity", "counter/a/@lock", "5"))?.reason == .badName)
        #expect(refusal(.from("shop.entity", "counter/a/@release", "5"))?.reason == .invalidJSON)
        // Entities take no events and no control messages.
        #expect(refusal(.from("shop.event", "@counter@a/add", "5"))?.reason == .badInstanceID)
        #expect(refusal(.from("shop.control", "@counter@a/terminate", ""))?.reason == .badInstanceID)
    }

    @Test func `Operators may clean an entity and release its lock`() throws {
        #expect(try read(.from("shop.entity", "counter/a/@clean", "")).operation == "@clean")
        let release = try read(.from("shop.entity", "counter/a/@release", #"{"execution":"x"}"#))
        #expect(release.request.caller?.executionID == "x")
    }

    @Test func `The state of an entity is asked for as a status`() throws {
        let question = InboundMessage.from(
            "shop.control", "@counter@a/status", "", MessageProperties(replyTo: "reply.a"))
        guard case .query(let query) = try decoder.command(from: question).get() else {
            Issue.record("no question")
            return
        }
        #expect(query.question == .status(instanceID: "@counter@a", includeHistory: false))
    }

    @Test func `A client's message is read as what it was made from`() throws {
        let encoder = RequestEncoder(hub: testHub, replyQueue: "reply.a")
        let due = Timestamp(microseconds: 5_000_000)
        let message = encoder.signal(
            EntityID(name: "Counter", key: "a.b"), "add", Payload(json: "5"), due: due, reply: .accepted,
            ids: RequestIDs(messageID: "m", correlationID: "c"))
        let asked = try read(
            InboundMessage(
                exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                body: message.body))
        #expect(asked.id == "@counter@a.b" && asked.request.due == due)
        #expect(asked.context.reply?.mode == .accepted)
    }
}
