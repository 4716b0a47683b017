import AMQP
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
    }
}
