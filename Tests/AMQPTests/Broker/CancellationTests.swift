import AMQP
import AMQPMessages
import TestSupport
import Testing

extension BrokerTests {
    @Suite("Cancelling a publish")
    struct CancellationTests {
        @Test("Cancelled before, nothing is sent; cancelled after, nothing changes")
        func beforeAndAfter() async throws {
            let connection = try await TestBroker.connect()
            let channel = try await connection.openChannel()
            try await channel.selectConfirms()
            let queue = try await channel.declareQueue("", isDurable: false, isExclusive: true).name
            let before = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await channel.publish(OutboundMessage(routingKey: queue))
            }
            await #expect(throws: CancellationError.self) { try await before.value }
            #expect(try await channel.status(ofQueue: queue).messageCount == 0)

            let after = Task {
                let outcome = try await channel.publish(OutboundMessage(routingKey: queue))
                withUnsafeCurrentTask { $0?.cancel() }
                return outcome
            }
            #expect(try await after.value == .confirmed)
            #expect(try await channel.status(ofQueue: queue).messageCount == 1)
            await connection.close()
        }
    }
}
