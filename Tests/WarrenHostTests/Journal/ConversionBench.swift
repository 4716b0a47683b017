import Foundation
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// A hub of two partitions inside the process that begins without journals, its hosts, and work that is under way.
final class ConversionBench: Sendable {
    static let hub = "convert"
    static let partitions = 2
    static let greet = Orchestration<String, String>("Greet")
    static let work = Orchestration<String, String>("Work")
    static let later = Orchestration<Int, String>("Later")
    static let family = Orchestration<String, [String]>("Family")
    static let name = ExternalEvent<String>("Name")
    static let job = Activity<String, String>("Job")

    let names: TaskHubName
    let transport: StuckTransport
    let folder: String
    let client: TaskHubClient
    /// What activities began, by their idempotency keys.
    let begun = Happenings<String>()
    /// Holds activities back.
    let gate = Gate()
    let progress = Happenings<String>()
    private let hosts = Watched<[RunningHost]>([])

    private init(folder: String) async throws {
        self.folder = folder
        names = try TaskHubName(Self.hub)
        transport = StuckTransport(exchange: names.activityExchange)
        client = try await TaskHubClient(hub: Self.hub, transport: transport, logger: OwnershipBench.logger)
    }

    static func run(_ body: (ConversionBench) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(UUID())").path
        let bench = try await ConversionBench(folder: folder)
        try await withCleanUp {
            try await body(bench)
        } afterwards: {
            bench.gate.open()
            for host in bench.hosts.value { await host.end() }
            await bench.client.close()
            await bench.transport.inner.shutdown()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    func directory(_ name: String) -> String { "\(folder)/\(name)" }

    /// Starts a host and waits until it takes messages.
    func start(
        _ durability: Durability, _ directory: String?, roles: Set<HostConfiguration.Role> = [.orchestrator]
    ) async throws -> RunningHost {
        let host = try host(durability, directory, roles: roles)
        guard try await host.isReady else { throw try await host.failure ?? HostError(.broker, "It ended.") }
        return host
    }

    func host(
        _ durability: Durability, _ directory: String?, roles: Set<HostConfiguration.Role> = [.orchestrator]
    ) throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: Self.hub, dataDirectory: directory.map(self.directory), roles: roles,
            partitionCount: Self.partitions)
        configuration.storage.durability = durability
        configuration.graces.stop = .seconds(15)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { [transport] _, _ in transport }
        environment.ownsTransport = false
        environment.ownerPatience = .seconds(2)
        let host = try TaskHubHost(configuration, environment: environment, logger: OwnershipBench.logger)
        host.register(Self.greet) { context, word in
            "\(word) \(try await context.wait(for: Self.name))!"
        }
        host.register(Self.work) { context, text in try await context.call(Self.job, text) }
        host.register(Self.later) { context, seconds in
            try await context.sleep(for: .seconds(seconds))
            return "later"
        }
        host.register(Self.family) { context, text in
            try await context.all((0..<4).map { context.start(Self.work, "\(text)\($0)") })
        }
        host.register(Self.job) { [begun, gate] text, context in
            begun.add(context.idempotencyKey)
            await gate.pass()
            return "\(text) done"
        }
        let running = RunningHost(host)
        hosts.change { $0.append(running) }
        return running
    }

    /// A conversion that reports what it does to `progress`.
    func conversion(_ directory: String = "a") -> HubConversion {
        var conversion = HubConversion(
            hub: names, directory: self.directory(directory), transport: transport, logger: OwnershipBench.logger,
            report: { [progress] in progress.add($0) })
        conversion.settleTime = .zero
        return conversion
    }

    /// Expects that a conversion is refused in these words, and changes nothing.
    func expectRefusal(
        _ directory: String, _ code: HostError.Code, _ parts: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await state(directory)
        var refusal: HostError?
        do {
            try await conversion(directory).run()
        } catch let error as HostError {
            refusal = error
        }
        let error = try #require(refusal, "It was not refused.", sourceLocation: sourceLocation)
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        for part in parts { #expect(error.message.contains(part), "\(error)", sourceLocation: sourceLocation) }
        #expect(try await state(directory) == before, sourceLocation: sourceLocation)
    }

    /// What a conversion would change.
    private func state(_ directory: String) async throws -> [String] {
        let durability = try await HubSize.durability(of: names, on: transport, partitions: Self.partitions)
        var files: [String] = []
        if FileManager.default.fileExists(atPath: self.directory(directory)) {
            files = try FileManager.default.contentsOfDirectory(atPath: self.directory(directory))
                .filter { $0.hasSuffix(".sqlite") }.sorted()
        }
        return files + ["\(durability)"]
    }

    /// An ID of an instance of a partition.
    static func id(_ word: String, in partition: Int) -> String {
        (0...).lazy.map { "\(word)-\($0)" }
            .first { Partitioning.partition(of: $0, count: partitions) == partition } ?? ""
    }
}
