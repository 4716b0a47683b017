import AMQP
import AMQPMessages
import TestSupport
import Testing

extension BrokerTests {
    @Suite("Acknowledgements")
    struct AcknowledgementTests {
        @Test("What was not acknowledged comes back in order when the channel closes")
        func closing() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = TestBroker.uniqueName("acks")
            try await TestBroker.removing(queue) {
                try await channel.declareQueue(queue, arguments: TestBroker.quorum)
                let messages = (0..<10).map { OutboundMessage(routingKey: queue, body: [UInt8($0)]) }
                #expect(try await channel.publish(messages).allSatisfy { $0 == .confirmed })

                let first = try await connection.openChannel()
                let consumer = try await first.consume(queue, prefetch: 10)
                var deliveries: [InboundMessage] = []
                for try await batch in consumer.batches {
                    deliveries += batch
                    if deliveries.count == 10 { break }
                }
                try #require(deliveries.count == 10)
                // In a disorder with holes: 0, 2, 3, 7, 9; nothing twice although some are said twice.
                consumer.acknowledge([7, 0, 3, 2, 9, 3].map { deliveries[$0].tag })
                await first.close()

                let second = try await connection.openChannel()
                let rest = try await second.consume(queue, prefetch: 10)
                var bodies: [UInt8] = []
                var tags: [DeliveryTag] = []
                for try await batch in rest.batches {
                    #expect(batch.allSatisfy { $0.isRedelivered })
                    bodies += batch.flatMap(\.body)
                    tags += batch.map(\.tag)
                    if bodies.count == 5 { break }
                }
                #expect(bodies == [1, 4, 5, 6, 8])
                rest.acknowledge(tags)
                await second.close()
                #expect(try await channel.deleteQueue(queue) == 0)
                await connection.close()
            }
        }
    }
}
