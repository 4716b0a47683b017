import AMQPMessages
import Foundation
import Logging
import Testing
import Warren
@_spi(Backends) import WarrenClient
@_spi(Backends) import WarrenHost
import WarrenMessaging
import WarrenStorage
@_spi(Backends) import WarrenTestKit

/// This target is compiled without access to what the package's modules share among themselves, as another package is.
@Suite("Stores and transports of other packages", .timeLimit(.minutes(3)))
struct BackendTests {
    private static let greet = Orchestration<[String], [String]>("Greet")
    private static let sayHello = Activity<String, String>("SayHello")

    private static func register(with registrar: some FunctionRegistrar) {
        registrar.register(sayHello) { name in "Hello \(name)!" }
        registrar.register(greet) { context, names in
            var greetings: [String] = []
            for name in names { greetings.append(try await context.call(sayHello, name)) }
            return greetings
        }
    }

    @Test("A store that wraps a file passes the suite")
    func store() async {
        let tally = CountedStore.Tally()
        let report = await StoreCompliance.check(outlivesProcess: true) { place in
            CountedStore(
                try PartitionStores.file(
                    directory: place.folder, hub: "test", partition: 0, partitionCount: 4, journal: place.journal,
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })), tally)
        }
        #expect(report.complies, "\(report)")
        #expect(report.description == "\(report.entries.count) promises checked, 0 not kept")
        #expect(tally.count > report.entries.count)
    }

    @Test("A transport passes the suite")
    func transport() async {
        let report = await TransportCompliance.check(streams: false) { MailRoom() }
        #expect(report.complies, "\(report)")
    }

    @Test("A store that loses callers is found out, with the promise by name; journals are left out if it has none")
    func fault() async {
        let report = await StoreCompliance.check(outlivesProcess: false, journals: false) { _ in
            ForgetfulStore(try PartitionStores.memory(hub: "test", partition: 0, partitionCount: 4))
        }
        let broken = report.entries.filter { !$0.findings.isEmpty }.map(\.name)
        #expect(
            broken.contains("Additional waiters are kept in order until they are told, or their instance is purged"))
        #expect(report.description.contains("\(broken.joined()): "), "\(report)")
        #expect(report.entries.count == StoreCompliance.checks.count)
    }

    @Test("A host and a client run an orchestration over both")
    func orchestration() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-backends-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let room = MailRoom()
        let tally = CountedStore.Tally()
        let backends = HostBackends(
            transport: { _, _ in room }, endsTransport: false,
            store: { partition, configuration, logger in
                CountedStore(
                    try PartitionStores.file(
                        directory: folder, hub: configuration.hub, partition: partition,
                        partitionCount: configuration.partitionCount, logger: logger), tally)
            })
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let host = try TaskHubHost(
            HostConfiguration(hub: "own", partitionCount: 2), backends: backends, logger: logger)
        Self.register(with: host)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            #expect(await host.isReady)
            let client = try await TaskHubClient.connect(over: room, hub: "own", logger: logger)
            let instance = try await client.start(Self.greet, ["Tokyo", "Seattle"], id: "greet-1")
            #expect(try await instance.result() == ["Hello Tokyo!", "Hello Seattle!"])
            await client.close()
            group.cancelAll()
        }
        await room.shutdown()
        #expect(tally.count > 0)
        // The file has it, whatever wrapped it.
        let partitions = try (0..<2).map {
            try PartitionStores.file(directory: folder, hub: "own", partition: $0, partitionCount: 2, logger: logger)
        }
        #expect(try partitions.compactMap { try $0.instance("greet-1")?.status } == [.completed])
        for partition in partitions { partition.close() }
    }

    @Test("A hub in a test takes a store and a wrapped transport")
    func testHub() async throws {
        let tally = CountedStore.Tally()
        let messages = CountedStore.Tally()
        var options = TestHubOptions()
        options.store = { _, memory in CountedStore(memory, tally) }
        options.transport = { CountedTransport($0, messages) }
        try await withTaskHub(options) { hub in
            Self.register(with: hub)
            hub.failStore(atCommit: 2)
            let instance = try await hub.client.start(Self.greet, ["Tokyo"])
            #expect(try await hub.result(of: instance) == ["Hello Tokyo!"])
        }
        #expect(tally.count > 1 && messages.count > 0)
    }

    @Test("A journal is refused over a store of another package, with the remedy")
    func journal() throws {
        var configuration = HostConfiguration(hub: "own")
        configuration.storage.durability = .journal
        let backends = HostBackends(store: { _, configuration, _ in
            try PartitionStores.memory(hub: configuration.hub, partition: 0, partitionCount: 1)
        })
        let error = #expect(throws: HostError.self) { _ = try TaskHubHost(configuration, backends: backends) }
        #expect(error?.code == .configuration && error?.message.contains("HostBackends.store") == true)
    }
}

/// A transport that counts what is published, and otherwise does what the one that it wraps does.
private final class CountedTransport: ForwardingTransport {
    let target: any MessageTransport
    private let tally: CountedStore.Tally

    init(_ target: any MessageTransport, _ tally: CountedStore.Tally) {
        self.target = target
        self.tally = tally
    }

    var outlivesProcess: Bool { target.outlivesProcess }

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        for _ in messages { tally.add() }
        target.publish(messages, completion: completion)
    }
}
