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

    /// Runs a test and removes the hub and the folders.
    static func run(_ kind: Kind, _ body: (OwnershipBench) async throws -> Void) async throws {
        let hub = "own\(UInt32.random(in: 0...UInt32.max))"
        let url = kind == .broker ? try TestBroker.requireURL() : nil
        let transport: any MessageTransport
        if let url {
            transport = try await AMQPTransport.connect(AMQPConfiguration(url: url), logger: logger)
        } else {
            transport = InProcessTransport()
        }
        let bench = OwnershipBench(
            hub: hub, names: try TaskHubName(hub), transport: transport, url: url,
            folder: FileManager.default.temporaryDirectory.appendingPathComponent("warren-\(hub)"))
        let result: Result<Void, any Error>
        do {
            try await body(bench)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        try await bench.remove()
        try result.get()
    }

    func directory(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A host with its store in a folder of this name, or in memory.
    func host(_ directory: String?, patience: Duration = .seconds(45)) throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: hub, broker: url, dataDirectory: directory.map { self.directory($0) }, partitionCount: 2)
        configuration.gracePeriod = .seconds(10)
        var environment = HostEnvironment.production(for: configuration)
        environment.ownerPatience = patience
        if url == nil {
            let transport = transport
            environment.transport = { _, _ in transport }
            environment.ownsTransport = false
        }
        let host = try TaskHubHost(configuration, environment: environment, logger: Self.logger)
        host.register(Self.sayHello) { _, name in "Hello \(name)!" }
        return RunningHost(host)
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

    private func remove() async throws {
        try? FileManager.default.removeItem(at: folder)
        guard let url else { return }
        let connection = try await AMQPConnection.open(AMQPConfiguration(url: url), logger: Self.logger)
        let channel = try await connection.openChannel()
        // As many as any of the tests has.
        let topology = TaskHubTopology.hub(names, partitions: 4)
        for queue in topology.queues { _ = try await channel.deleteQueue(queue.name) }
        for exchange in topology.exchanges { try await channel.deleteExchange(exchange.name) }
        await connection.close()
    }
}

/// A host in the test's process.
struct RunningHost: Sendable {
    let host: TaskHubHost
    private let task: Task<Void, any Error>

    init(_ host: TaskHubHost) {
        self.host = host
        task = Task { try await host.run() }
    }

    var isReady: Bool {
        get async { await host.isReady }
    }

    /// Stops it, and waits until it has stopped.
    func stop() async throws {
        task.cancel()
        try await task.value
    }

    /// Why it ended by itself.
    var failure: HostError? {
        get async {
            do {
                try await task.value
                return nil
            } catch {
                return error as? HostError
            }
        }
    }
}
