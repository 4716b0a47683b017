import AMQP
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A fresh hub on one kind of transport, folders for stores, and hosts that come and go.
struct OwnershipBench: Sendable {
    enum Kind: Sendable, CaseIterable, CustomTestStringConvertible {
        case inProcess, broker

        static var available: [Kind] { TestBroker.isAvailable ? allCases : [.inProcess] }
        var testDescription: String { self == .broker ? "broker" : "in-process" }
    }

    static let sayHello = Orchestration<String, String>("SayHello")
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let hub: String
    let names: TaskHubName
    let transport: any MessageTransport
    let url: String?
    let folder: URL
    /// All that were started.
    private let hosts = Watched<[RunningHost]>([])

    private init(hub: String, transport: any MessageTransport, url: String?) throws {
        self.hub = hub
        self.transport = transport
        self.url = url
        names = try TaskHubName(hub)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)")
    }

    /// Runs a test and removes the hub and the folders.
    ///
    /// - Parameter activities: those of other programs that become hosts of the hub.
    static func run(
        _ kind: Kind, activities: [String] = [], _ body: (OwnershipBench) async throws -> Void
    ) async throws {
        let hub = "own\(UInt32.random(in: 0...UInt32.max))"
        let url = kind == .broker ? try TestBroker.requireURL() : nil
        let transport: any MessageTransport
        if let url {
            transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        } else {
            transport = InProcessTransport()
        }
        let bench = try OwnershipBench(hub: hub, transport: transport, url: url)
        try await withCleanUp {
            try await body(bench)
        } afterwards: {
            // Those that a test which failed half-way left running.
            for host in bench.hosts.value { await host.end() }
            await transport.shutdown()
            try? FileManager.default.removeItem(at: bench.folder)
            // As many partitions as any of the tests has.
            if url != nil { try await TestBroker.remove(bench.names, partitions: 4, activities: activities) }
        }
    }

    func directory(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A host with its store in a folder of this name, or in memory.
    func host(_ directory: String?, patience: Duration = .seconds(240)) throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: hub, broker: url, dataDirectory: directory.map { self.directory($0) }, partitionCount: 2)
        configuration.graces.stop = .seconds(10)
        var environment = HostEnvironment.production(for: configuration)
        environment.ownerPatience = patience
        if url == nil {
            let transport = transport
            environment.transport = { _, _ in transport }
            environment.ownsTransport = false
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: Self.logger)
        host.register(Self.sayHello) { _, name in "Hello \(name)!" }
        let running = RunningHost(host)
        hosts.change { $0.append(running) }
        return running
    }

    /// Runs a piece of work to its end.
    func greet(_ name: String) async throws {
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: Self.logger)
        let greeting = try await client.start(Self.sayHello, name, id: "greet-\(name)").result()
        #expect(greeting == "Hello \(name)!")
        await client.close()
    }

    /// Whether the hub knows of a piece of work.
    func knows(_ name: String) async throws -> Bool {
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: Self.logger)
        let status = try await client.status(of: "greet-\(name)")
        await client.close()
        return status?.runtimeStatus == .completed
    }

    /// Copies a stopped host's folder.
    func copy(_ from: String, to: String) throws {
        try FileManager.default.copyItem(atPath: directory(from), toPath: directory(to))
    }
}
