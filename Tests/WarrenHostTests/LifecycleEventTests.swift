import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging
import WarrenStorage

@Suite("Lifecycle events", .timeLimit(.minutes(5)))
struct LifecycleEventTests {
    private static let good = Orchestration<Void, Void>("Good")
    private static let bad = Orchestration<Void, Void>("Bad")

    private struct Mishap: Error {}

    /// Runs one instance that completes and one that fails, and returns what a queue bound to everything has heard.
    private func heard(_ configure: (inout HostConfiguration) -> Void) async throws -> [String] {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let names = try TaskHubName("life")
        let transport = InProcessTransport()
        try await transport.provision(TaskHubTopology.hub(names, partitions: 1))
        try await transport.provision(
            Topology(
                queues: [.init(name: "ear")],
                bindings: [.init(queue: "ear", exchange: names.lifecycleExchange, routingKey: "orchestration.#")]))
        var configuration = HostConfiguration(hub: names.text, partitionCount: 1)
        configure(&configuration)
        let environment = HostEnvironment(
            transport: { _, _ in transport }, ownsTransport: false,
            store: { partition, configuration, _ in
                try InMemoryPartitionStore(
                    hub: configuration.hub, partition: partition, partitionCount: configuration.partitionCount)
            },
            runner: { LocalOrchestratorRunner(functions: $0, logger: $1) })
        let host = try TaskHubHost(configuration, environment: environment, logger: logger)
        host.register(Self.good) { _, _ in }
        host.register(Self.bad) { _, _ in throw Mishap() }
        let running = Task { try await host.run() }
        #expect(try await host.becomesReady())

        let ear = try await transport.consume("ear", prefetch: 10)
        let hearing = Task {
            var keys: [String] = []
            for try await batch in ear.batches {
                for message in batch {
                    let event = try LifecycleMessage(reading: message)
                    #expect(message.routingKey == "orchestration.\(event.status).\(event.name)")
                    #expect(event.sequence > 1_600_000_000_000_000)
                    keys.append(message.routingKey)
                }
                ear.acknowledge(batch.map(\.tag))
            }
            return keys
        }
        let client = try await TaskHubClient(hub: names.text, transport: transport, logger: logger)
        try await client.start(Self.good, ()).result()
        let failing = try await client.start(Self.bad, ())
        await #expect(throws: OrchestrationFailure.self) { try await failing.result() }
        // A host that stops has published everything, so nothing can come later.
        running.cancel()
        _ = await running.result
        await ear.close()
        await client.close()
        await transport.shutdown()
        return try await hearing.ended()
    }

    @Test("tell of failures unless configured otherwise")
    func byDefault() async throws {
        #expect(try await heard { _ in } == ["orchestration.failed.Bad"])
    }

    @Test("are those that the host is told to publish, in order")
    func asConfigured() async throws {
        #expect(try await heard { $0.reports.lifecycle = [] } == [])
        #expect(
            try await heard { $0.reports.lifecycle = .endings } == [
                "orchestration.completed.Good", "orchestration.failed.Bad",
            ])
        #expect(
            try await heard { $0.reports.lifecycle = .everything } == [
                "orchestration.running.Good", "orchestration.completed.Good", "orchestration.running.Bad",
                "orchestration.failed.Bad",
            ])
    }

    @Test("have the names that messages carry")
    func naming() {
        #expect(Set<HostConfiguration.LifecycleEvent>.everything.count == HostConfiguration.LifecycleEvent.names.count)
        #expect(HostConfiguration.LifecycleEvent("continuedAsNew") == .continuedAsNew)
        #expect(HostConfiguration.LifecycleEvent("start.ignored") == .startIgnored)
        #expect(HostConfiguration.LifecycleEvent("Completed") == nil)
    }
}
