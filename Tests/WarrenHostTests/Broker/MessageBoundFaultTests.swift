import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// A broker that takes smaller messages than a host may send. It is alone: the bound is the whole broker's, and other tests
/// send large messages.
@Suite(
    "Broker: messages above its bound", .timeLimit(.minutes(2)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct MessageBoundFaultTests {
    @Test("A message above the broker's own bound ends its call, and other messages of the batch arrive")
    func brokerBound() async throws {
        let bound = 4 << 20
        try await withCleanUp {
            // Read by channels when they open; below the bound of hosts.
            try await TestBroker.control("ctl", "eval", "application:set_env(rabbit, max_message_size, \(bound)).")
            try await BrokerHub.run(register: { host in
                host.register(Activity<String, Int>("Length")) { $0.utf8.count }
                host.register(Orchestration<Int, String>("Big")) { context, bytes in
                    do {
                        let text = String(repeating: "x", count: bytes)
                        return "\(try await context.call(Activity<String, Int>("Length"), text))"
                    } catch let failure as TaskFailure {
                        return failure.details.type
                    }
                }
            }) { hub async throws in
                for more in 1...2 {
                    let message = OutboundMessage(
                        exchange: "", routingKey: "nobody", body: Array(repeating: 0, count: bound + more))
                    #expect(try await hub.publish(message) == .tooLarge(bytes: bound + more, limit: bound))
                }
                let big = Orchestration<Int, String>("Big")
                #expect(try await hub.client.start(big, bound).result(timeout: .seconds(30)) == "PayloadTooLarge")
                #expect(try await hub.client.start(big, 1000).result(timeout: .seconds(30)) == "1000")
            }
        } afterwards: {
            try await TestBroker.control("ctl", "eval", "application:set_env(rabbit, max_message_size, 134217728).")
        }
    }
}
