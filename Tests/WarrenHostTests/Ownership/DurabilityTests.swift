import Logging
import Testing
import Warren
import WarrenHost
import WarrenMessaging

@Suite("The durability of a hub is fixed", .timeLimit(.minutes(5)))
struct DurabilityTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let transport = InProcessTransport()
    private let names: TaskHubName

    init() throws { names = try TaskHubName("durable") }

    private func host(_ durability: Durability) throws -> TaskHubHost {
        var configuration = HostConfiguration(hub: names.text, roles: [.orchestrator], partitionCount: 2)
        configuration.storage.durability = durability
        var environment = HostEnvironment.production(for: configuration)
        let transport = transport
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        return try TaskHubHost(configuration, environment: environment, logger: Self.logger)
    }

    @Test(
        "A host of another durability is refused, with both remedies, and changes nothing",
        arguments: [(Durability.local, Durability.journal), (.journal, .local)])
    func other(hub: Durability, host wanted: Durability) async throws {
        try await transport.provision(TaskHubTopology.hub(names, partitions: 2, durability: hub))
        let host = try host(wanted)
        let error = await #expect(throws: HostError.self) { try await host.run() }
        #expect(error?.code == .topology)
        for part in ["'durable'", "the durability '\(hub)'", "not '\(wanted)'", "to '\(hub)'", "another hub"] {
            #expect(error?.message.contains(part) == true, "\(part): \(error?.message ?? "")")
        }
        #expect(try await HubSize.durability(of: names, on: transport, partitions: 2) == hub)
    }

    @Test("A host that expects journals of another size is refused, with the remedy")
    func otherSize() async throws {
        try await transport.provision(
            TaskHubTopology.hub(names, partitions: 2, durability: .journal, journalBytes: 64 << 20))
        let host = try host(.journal)
        let error = await #expect(throws: HostError.self) { try await host.run() }
        #expect(error?.code == .topology)
        #expect(error?.message.contains("journal.size") == true, "\(error?.message ?? "")")
    }

    @Test("A hub with journals whose creation was interrupted is not completed as another one")
    func interrupted() async throws {
        var topology = TaskHubTopology.hub(names, partitions: 2, durability: .journal)
        topology.exchanges = []
        topology.bindings = []
        topology.queues.removeAll { !$0.keepsArguments }
        try await transport.provision(topology)
        #expect(try await HubSize.partitionCount(of: names, on: transport) == 0)
        let host = try host(.local)
        let error = await #expect(throws: HostError.self) { try await host.run() }
        #expect(error?.code == .topology)
    }

    @Test("A journal needs a broker and a data directory, and the error names what is missing")
    func incomplete() throws {
        var configuration = HostConfiguration()
        configuration.storage.durability = .journal
        let noBroker = #expect(throws: HostError.self) { try TaskHubHost(configuration, logger: Self.logger) }
        #expect(noBroker?.code == .configuration && noBroker?.message.contains("'broker.url'") == true)
        configuration.broker.url = "amqp://localhost"
        let noFiles = #expect(throws: HostError.self) { try TaskHubHost(configuration, logger: Self.logger) }
        #expect(noFiles?.code == .configuration && noFiles?.message.contains("'storage.directory'") == true)
        // A process that owns no partition needs neither.
        configuration.roles = [.activity]
        _ = try TaskHubHost(configuration, logger: Self.logger)
        configuration.roles = [.orchestrator]
        configuration.storage.directory = "data"
        _ = try TaskHubHost(configuration, logger: Self.logger)
    }

    @Test("A journal has a size within its range", arguments: [0, 64 << 20 - 1, 1 << 41, -1])
    func size(bytes: Int) throws {
        var configuration = HostConfiguration()
        configuration.journal.size = bytes
        let error = #expect(throws: HostError.self) { try TaskHubHost(configuration, logger: Self.logger) }
        #expect(error?.message.contains("journal.size: '\(bytes)' is out of range") == true)
    }

    @Test("A durability has a name, and no other name is taken")
    func name() {
        for name in Durability.names { #expect(Durability(name)?.description == name) }
        #expect(Durability("Journal") == nil && Durability("") == nil)
    }
}
