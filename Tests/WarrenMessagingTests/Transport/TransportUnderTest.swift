import AMQP
import Logging
import TestSupport
import Testing

@testable import WarrenMessaging

/// A transport that must pass the compliance suite.
struct TransportUnderTest: Sendable, CustomStringConvertible {
    var description: String
    var make: @Sendable () async throws -> any MessageTransport

    /// Every transport that can be made here.
    static let all: [TransportUnderTest] =
        [TransportUnderTest(description: "in-process") { InProcessTransport() }]
        + broker { url in
            try await AMQPTransport.connect(
                try AMQPConfiguration(url: url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

    /// A transport over a real broker: none without `WARREN_BROKER_URL`, and a failure if that happens in CI.
    static func broker(
        _ make: @escaping @Sendable (_ url: String) async throws -> any MessageTransport
    ) -> [TransportUnderTest] {
        guard TestBroker.isAvailable else { return [] }
        return [TransportUnderTest(description: "broker") { try await make(TestBroker.requireURL()) }]
    }
}
