import AMQP
import AMQPMessages
import TestSupport
import Testing

extension BrokerTests {
    @Suite struct PublishConsumeTests {
        @Test("A message arrives with its properties, headers of every type, and its body")
        func roundTrip() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = TestBroker.uniqueName("round-trip")
            try await channel.declareQueue(queue, isDurable: false, isExclusive: true)

            let headers: FieldTable = [
                "void": .void, "bool": .bool(true), "int8": .int8(-8), "uint8": .uint8(200), "int16": .int16(-16),
                "uint16": .uint16(60_000), "int32": .int32(-32), "uint32": .uint32(4_000_000_000),
                "int64": .int64(.min), "float": .float(1.5), "double": .double(-2.25),
                "decimal": .decimal(scale: 2, value: 314), "string": .string("grüße"), "bytes": .bytes([0, 255, 1]),
                "timestamp": .timestamp(1_700_000_000), "array": .array([.int32(1), .string("two"), .array([])]),
                "table": .table(["inner": .table(["deep": .bool(false)])]),
            ]
            let properties = MessageProperties(
                contentType: "application/json", contentEncoding: "utf-8", headers: headers, isPersistent: true,
                priority: 3, correlationID: "correlation", replyTo: "reply", expiration: "60000", messageID: "id",
                timestamp: 1_700_000_001, type: "type", userID: "guest", appID: "tests")
            let message = OutboundMessage(routingKey: queue, properties: properties, body: Array("{}".utf8))
            #expect(try await channel.publish(message) == .confirmed)

            let consumer = try await channel.consume(queue, prefetch: 10)
            var batches = consumer.batches.makeAsyncIterator()
            let delivery = try #require(try await batches.next()?.first)
            #expect(delivery.properties == properties)
            #expect(delivery.body == message.body)
            #expect(delivery.routingKey == queue)
            #expect(delivery.exchange.isEmpty)
            #expect(!delivery.isRedelivered)
            consumer.acknowledge([delivery.tag])
            try await consumer.cancel()
            #expect(try await batches.next() == nil)
            await connection.close()
            #expect(connection.closeReason?.code == .closed)
        }

        @Test("Bodies around the frame size and over many frames arrive whole")
        func bodySizes() async throws {
            let connection = try await TestBroker.connect { $0.frameMax = 8192 }
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = TestBroker.uniqueName("sizes")
            try await channel.declareQueue(queue, isDurable: false, isExclusive: true)
            let consumer = try await channel.consume(queue, prefetch: 1)
            var batches = consumer.batches.makeAsyncIterator()

            // A frame carries eight bytes less than its maximum.
            for size in [0, 1, 8183, 8184, 8185, 8191, 8192, 8193, 2 << 20] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
                #expect(try await channel.publish(OutboundMessage(routingKey: queue, body: body)) == .confirmed)
                let delivery = try #require(try await batches.next()?.first)
                #expect(delivery.body == body, "\(size) bytes")
                consumer.acknowledge([delivery.tag])
            }
            await connection.close()
        }

        @Test("100,000 messages in batches are each confirmed, delivered and acknowledged once")
        func manyMessages() async throws {
            let total = 100_000
            let batchSize = 500
            let publishing = try await TestBroker.connect()
            let consuming = try await TestBroker.connect()
            let publisher = try await publishing.openChannel()
            try await publisher.selectConfirms()
            let queue = TestBroker.uniqueName("many")
            try await TestBroker.removing(queue) {
                try await publisher.declareQueue(queue, arguments: TestBroker.quorum)
                let channel = try await consuming.openChannel()
                let consumer = try await channel.consume(queue, prefetch: 2000)

                async let confirmed: Int = withThrowingTaskGroup(of: Int.self) { group in
                    var confirmed = 0
                    for start in stride(from: 0, to: total, by: batchSize) {
                        if start >= 8 * batchSize { confirmed += try await group.next() ?? 0 }
                        group.addTask {
                            let messages = (start..<start + batchSize).map {
                                OutboundMessage(
                                    routingKey: queue, properties: MessageProperties(messageID: String($0)),
                                    body: [1, 2])
                            }
                            let outcomes = try await publisher.publish(messages)
                            #expect(outcomes.count == messages.count)
                            return outcomes.count { $0 == .confirmed }
                        }
                    }
                    return try await group.reduce(confirmed, +)
                }
                var seen = [Bool](repeating: false, count: total)
                var count = 0
                for try await batch in consumer.batches {
                    for delivery in batch {
                        let number = try #require(delivery.properties.messageID.flatMap(Int.init))
                        #expect(!seen[number], "\(number) came twice")
                        seen[number] = true
                    }
                    consumer.acknowledge(batch.map(\.tag))
                    count += batch.count
                    if count == total { break }
                }
                #expect(seen.allSatisfy { $0 })
                #expect(try await confirmed == total)
                await channel.close()
                #expect(try await publisher.status(ofQueue: queue).messageCount == 0)
                try await publisher.deleteQueue(queue)
                await consuming.close()
                await publishing.close()
            }
        }
    }
}
