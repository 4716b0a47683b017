import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost
@testable import WarrenManagement

/// A host with a registry, in the test's process, and a client that shares the registry.
struct MeteredHub: Sendable {
    static let waits = Orchestration<Void, Bool>("Waits")
    static let works = Orchestration<Void, Int>("Works")
    static let fails = Orchestration<Void, Void>("Fails")
    static let calls = Orchestration<String, Void>("Calls")
    static let flaky = Activity<Int, Int>("Flaky")
    static let go = ExternalEvent<Bool>("Go")
    static let counter = Entity("Counter", initial: 0)
    static let add = counter.operation("add", Int.self)

    struct NoLuck: Error {}

    let host: TaskHubHost
    let client: TaskHubClient
    let registry: PrometheusRegistry
    let hub: String

    /// The metrics as a scraper sees them now.
    func scrape() throws -> Exposition {
        host.recordGauges()
        return try Exposition(registry.text())
    }

    /// Runs a test with a host of one partition that keeps one orchestrator in memory.
    ///
    /// - Parameters:
    ///   - transport: what carries the messages; `nil` for the broker that the configuration names.
    ///   - record: what processes before this one have left behind; `nil` for none.
    static func run(
        _ transport: (any MessageTransport)?, record: FlightRecord? = nil,
        configure: (inout HostConfiguration) -> Void = { _ in },
        _ body: (MeteredHub) async throws -> Void
    ) async throws {
        let name = "metered\(UInt32.random(in: 0...UInt32.max))"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        defer { try? FileManager.default.removeItem(at: folder) }
        let registry = PrometheusRegistry()
        var configuration = HostConfiguration(hub: name, dataDirectory: folder.path, partitionCount: 1)
        configuration.orchestrations.warmInstances = 1
        configuration.graces.unknownOrchestration = .zero
        configuration.graces.unknownActivity = .zero
        configuration.graces.earlyEvent = .zero
        configuration.graces.stop = .seconds(5)
        configuration.metrics = registry
        configure(&configuration)
        var environment = HostEnvironment.production(for: configuration)
        if let record { environment.flightRecord = { _ in record } }
        if let transport {
            environment.transport = { _, _ in transport }
            environment.ownsTransport = false
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: quiet)
        let tries = Watched(0)
        host.register(waits) { context in try await context.wait(for: go) }
        host.register(works) { context in
            let number = try await context.call(
                flaky, 7, retry: RetryPolicy(maxAttempts: 2, firstInterval: .milliseconds(1)))
            try await context.sleep(for: .milliseconds(1))
            return number
        }
        host.register(fails) { _ in throw NoLuck() }
        host.register(calls) { context, name in _ = try await context.callActivity(named: name) }
        host.register(add) { count, number, _ in
            guard number > 0 else { throw NoLuck() }
            count += number
        }
        host.register(flaky) { number in
            if tries.change({ count in
                count += 1
                return count
            }) == 1 {
                throw NoLuck()
            }
            return number
        }
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let client: TaskHubClient
            if let transport {
                client = try await TaskHubClient(
                    hub: name, transport: transport, metrics: registry, logger: quiet)
            } else {
                client = try await TaskHubClient.connect(
                    broker: TestBroker.requireURL(), hub: name, metrics: registry, logger: quiet)
            }
            try await withCleanUp {
                try await body(MeteredHub(host: host, client: client, registry: registry, hub: name))
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport?.shutdown()
        }
    }

    /// Has everything happen that a hub can count without a broker.
    func exercise() async throws {
        let first = try await client.start(Self.waits, ())
        let worked = try await client.start(Self.works, ()).result()
        #expect(worked == 7)
        // The other one had to leave memory meanwhile.
        try await client.raise(Self.go, true, to: first.id)
        #expect(try await first.result())
        let failed = try await client.start(Self.fails, ())
        await #expect(throws: OrchestrationFailure.self) { try await failed.result() }
        // No host knows these names, and whoever publishes may invent any number of them.
        for number in 0..<20 {
            await #expect(throws: ClientError.self) {
                try await client.start(named: "Invented\(number)", input: .null, id: "invented-\(number)")
            }
        }
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
