import AMQP
import AMQPMessages
import TestSupport
import Testing

extension BrokerTests {
    /// Sessions with several addresses.
    @Suite("Several nodes")
    struct NodeListTests {
        @Test("A session passes over nodes that are not there")
        func passedOver() async throws {
            let configuration = try TestBroker.configuration { broker in
                let node = AMQPNode(host: broker.host, port: broker.port)
                // Port 1 (tcpmux) is closed wherever these tests run.
                (broker.host, broker.port) = ("127.0.0.1", 1)
                broker.others = [AMQPNode(host: "127.0.0.1", port: 1), node]
            }
            let session = try await AMQPSession.connect(configuration, logger: TestBroker.logger)
            let queue = TestBroker.uniqueName("nodes")
            try await TestBroker.removing(queue) {
                try await session.withChannel { channel in
                    _ = try await channel.declareQueue(queue, arguments: TestBroker.quorum)
                }
            }
            await session.close()
        }

        @Test("A publisher that takes another channel loses nothing and repeats nothing")
        func replacedChannel() async throws {
            let session = try await AMQPSession.connect(try TestBroker.configuration(), logger: TestBroker.logger)
            let publisher = session.makePublisher()
            let queue = TestBroker.uniqueName("replaced")
            try await TestBroker.removing(queue) {
                try await session.withChannel { channel in
                    _ = try await channel.declareQueue(queue, arguments: TestBroker.quorum)
                }
                let message = OutboundMessage(routingKey: queue, properties: MessageProperties(isPersistent: true))
                let began = ContinuousClock.now
                var rounds = 0
                // Long enough for the channel to be replaced once at least.
                while .now - began < .seconds(3) {
                    async let outcomes = publisher.publish([message, message])
                    publisher.replaceChannel()
                    let told = try await outcomes
                    #expect(told == [.confirmed, .confirmed])
                    rounds += 1
                }
                let status = try await session.withChannel { channel in try await channel.status(ofQueue: queue) }
                #expect(status.messageCount == rounds * 2)
            }
            await session.close()
        }
    }
}
