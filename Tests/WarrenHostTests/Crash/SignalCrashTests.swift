import AMQP
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

/// SIGTERM to a whole program over a real broker, whose orchestrator would never end.
@Suite(
    "Crash: SIGTERM", .serialized, .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct SignalCrashTests {
    @Test(
        "An orchestrator that never lets go, or never waits, does not keep its process, which ends with status 0",
        arguments: [("Spins", "spinning"), ("Busy", "busy")])
    func ended(orchestration: String, word: String) async throws {
        let url = try TestBroker.requireURL()
        let hub = "signal\(UInt32.random(in: 0...UInt32.max))"
        let names = try TaskHubName(hub)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "signal") { _ in SwiftLogNoOpLogHandler() }
        let transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        try await transport.provision(TaskHubTopology.hub(names, partitions: 2))
        try await transport.provision(TaskHubTopology.activities(["Echo"], of: names))
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: logger)
        let grace = 8
        let host = HostProcess.launch(
            try Program.product("PoisonHost"), [url, hub, folder.path, "5", "\(grace)"])
        try await withCleanUp {
            let input = Payload(json: "\"x\"")
            _ = try await client.start(
                named: orchestration, input: input, id: "never", until: .confirmed, awaitingEnd: false)
            try await host.logged(word)
            let began = ContinuousClock.now
            #expect(try await host.terminate() == 0)
            #expect(.now - began < .seconds(grace))
        } afterwards: {
            await host.kill()
            await client.close()
            await transport.shutdown()
            try await TestBroker.remove(names, partitions: 2, activities: ["Echo"])
        }
    }
}
