import Foundation
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

/// A hub belongs to one data directory. Nothing that another host does makes acknowledged state disappear.
@Suite("A hub belongs to one store", .timeLimit(.minutes(5)))
struct OwnershipTests {
    @Test(
        "a second data directory is refused by name while the first goes on", arguments: OwnershipBench.Kind.available)
    func secondHost(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            let first = try bench.host("first")
            try #require(try await first.isReady)
            try await bench.greet("Ada")
            let second = try bench.host("second")
            #expect(try await second.isReady == false)
            let error = try #require(try await second.failure)
            #expect(error.code == .ownership)
            for part in [bench.directory("first"), "Partition 0", "warren hub release --hub \(bench.hub)"] {
                #expect(error.message.contains(part), "\(error)")
            }
            try await bench.greet("Grace")
            #expect(try await bench.knows("Ada"))
            try await first.stop()
        }
    }

    @Test(
        "it is refused also when the first has stopped, and the first finds everything when it is back",
        arguments: OwnershipBench.Kind.available)
    func afterStop(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            let first = try bench.host("first")
            try #require(try await first.isReady)
            try await bench.greet("Ada")
            try await first.stop()
            for directory in ["second", nil] {
                let second = try bench.host(directory)
                #expect(try await second.isReady == false)
                #expect(try await second.failure?.code == .ownership)
            }
            let again = try bench.host("first")
            try #require(try await again.isReady)
            #expect(try await bench.knows("Ada"))
            try await again.stop()
        }
    }

    @Test("of hosts that start at once on a new hub exactly one gets it", arguments: OwnershipBench.Kind.available)
    func race(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            try await bench.transport.provision(TaskHubTopology.hub(bench.names, partitions: 2))
            let hosts = try (0..<4).map { try bench.host("race-\($0)") }
            var winners: [RunningHost] = []
            for host in hosts {
                if try await host.isReady {
                    winners.append(host)
                } else {
                    #expect(try await host.failure?.code == .ownership)
                }
            }
            #expect(winners.count == 1)
            try await bench.greet("Ada")
            for winner in winners { try await winner.stop() }
        }
    }

    @Test("a data directory that was moved is the same one", arguments: OwnershipBench.Kind.available)
    func moved(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            let before = try bench.host("before")
            try #require(try await before.isReady)
            try await bench.greet("Ada")
            try await before.stop()
            try FileManager.default.moveItem(
                atPath: bench.directory("before"), toPath: bench.directory("after"))
            let after = try bench.host("after")
            try #require(try await after.isReady)
            #expect(try await bench.knows("Ada"))
            try await after.stop()
            let owner = try await OwnerQueue(
                bench.names, partition: 0, of: 2, on: bench.transport, logger: OwnershipBench.logger
            ).owner()
            #expect(owner?.dataDirectory?.hasSuffix("/after") == true)
        }
    }

    @Test(
        "a hub that is older than the record of its owner gets one at the next start",
        arguments: OwnershipBench.Kind.available)
    func olderHub(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            var topology = TaskHubTopology.hub(bench.names, partitions: 2)
            topology.queues.removeAll { $0.name.hasPrefix("\(bench.hub).owner.") }
            try await bench.transport.provision(topology)
            let first = try bench.host("first")
            try #require(try await first.isReady)
            let second = try bench.host("second")
            #expect(try await second.isReady == false)
            #expect(try await second.failure?.code == .ownership)
            try await first.stop()
        }
    }

    @Test("a copy of a data directory is refused while the original runs", arguments: OwnershipBench.Kind.available)
    func copied(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            let original = try bench.host("original")
            try #require(try await original.isReady)
            try await original.stop()
            try bench.copy("original", to: "copy")
            let again = try bench.host("original")
            try #require(try await again.isReady)
            let copy = try bench.host("copy", patience: .milliseconds(300))
            #expect(try await copy.isReady == false)
            let error = try #require(try await copy.failure)
            #expect(error.code == .ownership)
            #expect(error.message.contains("in use") && error.message.contains(bench.directory("original")), "\(error)")
            try await bench.greet("Ada")
            try await again.stop()
        }
    }

    @Test("a hub that was released goes to the next host", arguments: OwnershipBench.Kind.available)
    func released(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            let lost = try bench.host("lost")
            try #require(try await lost.isReady)
            let provisioning = TaskHubProvisioning(hub: bench.names, transport: bench.transport)
            let refusal = await #expect(throws: ClientError.self) { _ = try await provisioning.release() }
            #expect(refusal?.message.contains("running") == true)
            try await lost.stop()
            let owners = try await provisioning.release()
            #expect(owners.count == 2 && owners.allSatisfy { $0?.dataDirectory?.hasSuffix("/lost") == true })
            let next = try bench.host("next")
            try #require(try await next.isReady)
            try await bench.greet("Ada")
            try await next.stop()
            let late = try bench.host("lost")
            #expect(try await late.isReady == false)
            #expect(try await late.failure?.code == .ownership)
        }
    }

    @Test(
        "history in memory ends with its host, and the next host takes over", arguments: OwnershipBench.Kind.available)
    func inMemory(kind: OwnershipBench.Kind) async throws {
        try await OwnershipBench.run(kind) { bench in
            for directory in [nil, nil, "kept"] as [String?] {
                let host = try bench.host(directory)
                try #require(try await host.isReady)
                let second = try bench.host(nil, patience: .milliseconds(200))
                #expect(try await second.isReady == false)
                #expect(try await second.failure?.code == .ownership)
                try await host.stop()
            }
        }
    }
}
