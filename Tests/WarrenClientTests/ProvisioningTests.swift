import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("Provisioning a hub", .timeLimit(.minutes(5)))
struct ProvisioningTests {
    private let transport = InProcessTransport()

    @Test("A created hub is as it should be, whatever its size", arguments: [1, 4, 10, 99])
    func create(partitions: Int) async throws {
        let hub = try provisioning()
        #expect(try await hub.partitionCount() == 0)
        try await hub.create(partitions: partitions)
        try await hub.create(partitions: partitions)
        #expect(try await hub.verify(partitions: nil) == partitions)
        #expect(try await hub.verify(partitions: partitions) == partitions)
        let queues = try await hub.queues(partitions: partitions, activities: ["Nobody"])
        #expect(queues.count == 2 * partitions + 5)
        #expect(queues.allSatisfy { $0.messages == 0 && $0.consumers == 0 })
        #expect(try await hub.hasHost() == false)
    }

    @Test("The number of partitions of a hub that exists cannot be changed")
    func fixed() async throws {
        let hub = try provisioning()
        try await hub.create(partitions: 4)
        let error = await #expect(throws: ClientError.self) { try await hub.create(partitions: 5) }
        #expect(error?.code == .noTaskHub)
        #expect(error?.message.contains("exists with 4 partitions") == true)
        #expect(try await hub.partitionCount() == 4)
        await #expect(throws: ClientError.self) { try await hub.verify(partitions: 5) }
    }

    @Test("A hub with journals is created once, and keeps its durability and their size")
    func journal() async throws {
        let hub = try provisioning()
        #expect(try await hub.create(partitions: 2, durability: .journal, journalBytes: 64 << 20) == .journal)
        #expect(try await hub.create(partitions: 2) == .journal)
        #expect(try await hub.create(partitions: 2, durability: .journal) == .journal)
        let error = await #expect(throws: ClientError.self) { try await hub.create(partitions: 2, durability: .local) }
        #expect(error?.code == .noTaskHub && error?.message.contains("durability 'journal'") == true)
        #expect(try await hub.verify(partitions: nil) == 2)
        let queues = try await hub.queues(partitions: 2).map(\.queue)
        #expect(queues.contains("warren.journal.01") && queues.contains("warren.hosts"))
        try await transport.deleteQueue("warren.journal.01")
        await #expect(throws: ClientError.self) { try await hub.verify(partitions: nil) }
        try await hub.create(partitions: 2)
        #expect(try await hub.verify(partitions: nil) == 2)
    }

    @Test("A hub without journals does not get them later")
    func noJournal() async throws {
        let hub = try provisioning()
        #expect(try await hub.create(partitions: 2) == .local)
        await #expect(throws: ClientError.self) { try await hub.create(partitions: 2, durability: .journal) }
        #expect(try await hub.durability(partitions: 2) == .local)
    }

    @Test("A hub that is not there, or not whole, does not pass")
    func missing() async throws {
        let hub = try provisioning()
        let absent = await #expect(throws: ClientError.self) { try await hub.verify(partitions: nil) }
        #expect(absent?.message.contains("warren hub create --hub warren") == true)
        var topology = TaskHubTopology.hub(hub.hub, partitions: 2)
        topology.bindings.removeLast()
        try await transport.provision(topology)
        let broken = await #expect(throws: ClientError.self) { try await hub.verify(partitions: nil) }
        #expect(broken?.code == .noTaskHub)
    }

    private func provisioning() throws -> TaskHubProvisioning {
        TaskHubProvisioning(hub: try TaskHubName("warren"), transport: transport)
    }
}
