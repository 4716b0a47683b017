import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// Reading what the broker gave up on.
@Suite("Wire: dead work items", .timeLimit(.minutes(5)))
struct DeadWorkItemTests {
    private func dead(_ reason: String, count: Int64? = nil) -> InboundMessage {
        let item = WorkItem(
            activity: "Charge", input: Payload(json: "1"), token: Sample.token, orchestration: "Billing")
        let queue = testHub.partitionQueue(3, of: 4)
        var message = InboundMessage(WorkItemCodec(hub: testHub).encode(item, replyTo: queue, signer: testSigner))
        message.exchange = testHub.deadExchange
        message.routingKey = "work"
        message.properties.headers["x-death"] = .array([
            .table([
                "reason": .string(reason), "queue": .string(testHub.activityQueue("Charge")), "count": .int64(1),
            ])
        ])
        message.properties.headers["x-delivery-count"] = count.map { .int64($0) }
        return message
    }

    @Test(
        "the failure names reason, count, queue and remedy",
        arguments: [
            ("rejected", "rejected", "warren-status: failed"), ("delivery_limit", "delivery limit", "input"),
            ("expired", "time to live", "message-ttl"), ("maxlen", "full", "max-length"),
            ("brand-new", "brand-new", "policies"),
        ])
    func failure(reason: String, word: String, remedy: String) throws {
        let item = try DeadWorkItem.decode(dead(reason, count: 4)).get()
        #expect(item.replyTo == testHub.partitionQueue(3, of: 4))
        #expect(testSigner.verify(item.correlationID) == Sample.token)
        let failure = item.failure
        #expect(failure.type == "DeadWorkItem")
        #expect(!failure.isNonRetriable)
        for part in ["'Charge'", "'shop.activity.Charge'", "after 5 deliveries", word, remedy] {
            #expect(failure.message.contains(part), "\(part): \(failure.message)")
        }
    }

    @Test("headers that the broker did not write, or of other types, are no trouble")
    func oddHeaders() throws {
        var message = dead("rejected")
        message.properties.headers["x-death"] = .string("rejected")
        message.properties.headers["x-delivery-count"] = .int64(.max)
        let item = try DeadWorkItem.decode(message).get()
        #expect(item.reason == "")
        #expect(item.failure.message.contains("gave it up"))
    }

    @Test("an item that nobody can be told of is refused")
    func nobody() {
        var message = dead("rejected")
        message.properties.replyTo = nil
        #expect(throws: Refusal.self) { try DeadWorkItem.decode(message).get() }
        message = dead("rejected")
        message.properties.correlationID = nil
        #expect(throws: Refusal.self) { try DeadWorkItem.decode(message).get() }
    }
}
