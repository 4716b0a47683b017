import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// Hosts of one process that share a hub on RabbitMQ.
@Suite(
    "Broker: hosts that follow partitions", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct FollowerTests {
    private static let partitions = 4

    private func start(_ bench: OwnershipBench, _ directory: String, followers: Int) throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: bench.hub, broker: bench.url, dataDirectory: bench.directory(directory),
            partitionCount: Self.partitions)
        configuration.storage.durability = .journal
        configuration.journal.followers = followers
        configuration.graces.stop = .seconds(10)
        let host = try TaskHubHost(configuration, logger: OwnershipBench.logger)
        host.register(OwnershipBench.sayHello) { _, name in "Hello \(name)!" }
        return RunningHost(host)
    }

    /// Listens to the hosts until what they say of themselves is as expected.
    private func heard(
        _ bench: OwnershipBench, _ what: String, until isExpected: @escaping @Sendable (HubSharing) -> Bool
    ) async throws -> HubSharing {
        try await untilDone(what) {
            let provisioning = TaskHubProvisioning(hub: bench.names, transport: bench.transport)
            while true {
                let sharing = try await provisioning.sharing(partitions: Self.partitions)
                if isExpected(sharing) { return sharing }
            }
        }
    }

    private func greetAll(_ bench: OwnershipBench, _ round: String) async throws {
        for number in 0..<12 { try await bench.greet("\(round)-\(number)") }
    }

    @Test("Of three hosts one follows each partition, and takes it over; the third opens its file when it is needed")
    func oneFollower() async throws {
        try await OwnershipBench.run(.broker) { bench in
            let hosts = try ["a", "b", "c"].map { try start(bench, $0, followers: 1) }
            for host in hosts { #expect(try await host.isReady) }
            let sharing = try await heard(bench, "each partition to have one follower") { sharing in
                sharing.withoutOwner.isEmpty && Set(sharing.partitions.compactMap { $0.owner?.host }).count == 3
                    && sharing.partitions.allSatisfy { $0.followers.count == 1 }
            }
            try await greetAll(bench, "three")
            try await hosts[0].stop()
            let after = try await heard(bench, "two hosts to have everything, and each to follow the other") {
                sharing in
                sharing.withoutOwner.isEmpty && Set(sharing.partitions.compactMap { $0.owner?.host }).count == 2
                    && sharing.partitions.allSatisfy { $0.followers.count == 1 }
            }
            let stayed = Set(after.partitions.compactMap { $0.owner?.host })
            for (before, after) in zip(sharing.partitions, after.partitions) {
                guard let owner = before.owner?.host, !stayed.contains(owner) else { continue }
                #expect(after.owner?.host == before.followers.first)
            }
            try await greetAll(bench, "two")
            try await hosts[1].stop()
            try await greetAll(bench, "one")
            for round in ["three", "two", "one"] {
                for number in 0..<12 { #expect(try await bench.knows("\(round)-\(number)")) }
            }
            try await hosts[2].stop()
        }
    }

    @Test("Without followers a host reads what it lacks before it takes a partition over")
    func noFollower() async throws {
        try await OwnershipBench.run(.broker) { bench in
            let hosts = try ["a", "b"].map { try start(bench, $0, followers: 0) }
            for host in hosts { #expect(try await host.isReady) }
            _ = try await heard(bench, "nobody to follow") { sharing in
                sharing.withoutOwner.isEmpty && Set(sharing.partitions.compactMap { $0.owner?.host }).count == 2
                    && sharing.partitions.allSatisfy { $0.followers.isEmpty }
            }
            try await greetAll(bench, "two")
            try await hosts[0].stop()
            try await greetAll(bench, "one")
            for round in ["two", "one"] {
                for number in 0..<12 { #expect(try await bench.knows("\(round)-\(number)")) }
            }
            try await hosts[1].stop()
        }
    }
}
