import AMQPMessages
import Testing
import Warren

@testable import WarrenMessaging

/// What a queue's messages say about its owner.
@Suite struct OwnerLedgerTests {
    private func record(_ storeID: String, isVolatile: Bool = false) -> OwnerRecord {
        OwnerRecord(
            storeID: storeID, host: "h", process: 1, dataDirectory: isVolatile ? nil : "/d",
            since: Timestamp(microseconds: 0))
    }

    private func delivery(
        _ message: OutboundMessage, _ number: UInt64, channel: UInt64 = 1, deliveries: Int64? = nil
    ) -> InboundMessage {
        var message = message
        message.properties.headers["x-delivery-count"] = deliveries.map { .int64($0) }
        return InboundMessage(
            exchange: "", routingKey: "q", tag: DeliveryTag(channel: channel, number: number),
            properties: message.properties, body: message.body)
    }

    @Test func `the first record decides, and only a store in memory may be passed over`() {
        var ledger = OwnerLedger()
        #expect(ledger.deciding(for: "a", replacingVolatile: true) == nil)
        ledger.add([
            delivery(OwnerCodec.encode(record("m", isVolatile: true), id: "1", queue: "q"), 1),
            delivery(OwnerCodec.encode(record("b"), id: "2", queue: "q"), 2, deliveries: 7),
            delivery(OwnerCodec.encode(record("a"), id: "3", queue: "q"), 3),
        ])
        #expect(ledger.deciding(for: "a", replacingVolatile: false)?.record.storeID == "m")
        #expect(ledger.deciding(for: "a", replacingVolatile: true)?.record.storeID == "b")
        #expect(ledger.deciding(for: "m", replacingVolatile: true)?.record.storeID == "m")
        #expect(ledger.records.map(\.deliveries) == [0, 7, 0])
    }

    @Test func `probes and strangers are obsoleteTags, and everything that came is known`() {
        var ledger = OwnerLedger()
        ledger.add([
            delivery(OwnerCodec.probe(id: "p", queue: "q"), 1),
            delivery(OutboundMessage(exchange: "", routingKey: "q", properties: .init(messageID: "x")), 2),
        ])
        #expect(ledger.obsoleteTags.map(\.number) == [1, 2] && ledger.records.isEmpty)
        #expect(ledger.hasSeen("p") && ledger.hasSeen("x") && !ledger.hasSeen("q"))
    }

    @Test func `on another channel everything is read anew`() {
        var ledger = OwnerLedger()
        let messages = ["a", "b"].map { OwnerCodec.encode(record($0), id: $0, queue: "q") }
        ledger.add([delivery(messages[0], 1), delivery(messages[1], 2)])
        ledger.add([delivery(messages[0], 1, channel: 2)])
        #expect(ledger.records.map(\.id) == ["a"] && ledger.records[0].tag.channel == 2)
        #expect(!ledger.hasSeen("b"))
    }
}
