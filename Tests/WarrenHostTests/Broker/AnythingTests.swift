import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// What a client library can send, whatever it is, goes through the whole of a host: it is taken, or it is a dead letter, and
/// the host goes on.
@Suite("Broker: anything", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct AnythingTests {
    private static let echo = Orchestration<JSONValue, JSONValue>("Echo")
    private static let waiting = Orchestration<JSONValue, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    @Test("every partition answers after messages of every kind", arguments: [1, 2])
    func anything(seed: Int) async throws {
        let program = try #require(
            Bundle.module.url(forResource: "pika_anything", withExtension: "py"),
            "The test's Python program is missing.")
        try await BrokerHub.run(configure: {
            $0.graces.unknownOrchestration = .milliseconds(1)
            $0.graces.earlyEvent = .milliseconds(1)
        }) { host in
            host.register(Self.echo) { _, value in value }
            host.register(Self.waiting) { context, _ in try await context.wait(for: Self.go) }
        } _: { hub in
            _ = try await hub.client.start(Self.waiting, .null, id: "w")
            let result = try await Program.run(Program.python, [program.path, hub.url, hub.name, "300", "\(seed)"])
            try #require(result.exitCode == 0, "\(result.errors)")
            // Each partition takes these after all that came before.
            for number in 0..<16 {
                let instance = try await hub.client.start(Self.echo, .integer(Int64(number)), id: "after-\(number)")
                #expect(try await instance.result() == .integer(Int64(number)))
            }
            let listed = try await hub.client.list(InstanceQuery(limit: 1000)).instances
            #expect(listed.contains { $0.instanceID == "w" } && listed.count > 17)
            #expect(try await hub.transport.depth(of: hub.names.deadQueue) > 50)
            #expect(try await hub.transport.depth(of: hub.names.intakeQueue) == 0)
        }
    }
}
