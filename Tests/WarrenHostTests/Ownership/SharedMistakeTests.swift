import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

@Suite(
    "A shared hub: what an operator can do wrong is told with its remedy, and loses nothing", .timeLimit(.minutes(5)))
struct SharedMistakeTests {
    @Test("A second host with the data directory of the first is refused, and the first goes on")
    func oneDirectory() async throws {
        try await SharedHub.run { hub in
            let first = try await hub.start("a")
            try await hub.expectWork("before")
            let second = try hub.launch("b", directory: "a")
            let failure = try await second.running.failure
            #expect(failure?.code == .storage)
            for part in ["has the partition open", "shared.partition."] {
                #expect(failure?.message.contains(part) == true, "\(part): \(failure?.message ?? "no failure")")
            }
            try await hub.expectWork("after")
            try await first.stop()
        }
    }

    @Test("Hosts with clocks a day apart say so, and lose nothing", arguments: [1, -1])
    func clocks(days: Int) async throws {
        try await SharedHub.run { hub in
            let right = try await hub.start("right")
            let wrong = try await hub.start("wrong", ahead: .hours(24 * days))
            for host in [right, wrong] {
                let lines = try await host.log.wait(for: "The clock of another host differs")
                #expect(lines[0].level == .error)
                #expect("\(lines[0])".contains("NTP"), "\(lines[0])")
            }
            try await hub.owners("a share for each") { Set($0) == ["right", "wrong"] }
            try await hub.expectWork("apart")
            // Timers that begin and end on one host are right, whatever its clock says.
            let timed = hub.ids("timed")
            for id in timed { _ = try await hub.client.start(SharedHub.later, 1, id: id) }
            for id in timed { #expect(try await hub.client.output(of: id).json == #""later""#) }
            // The partitions of the host with the wrong clock go on on the other one, and the other way round.
            let waiting = hub.ids("waiting")
            for id in waiting { _ = try await hub.client.start(SharedHub.greet, "Hello", id: id) }
            try await wrong.stop()
            try await hub.owners("one host to have all") { $0.allSatisfy { $0 == "right" } }
            try await hub.expectWork("one")
            let again = try await hub.start("again", ahead: .hours(24 * days))
            try await hub.owners("a share for each") { Set($0) == ["right", "again"] }
            try await right.stop()
            try await hub.owners("the other host to have all") { $0.allSatisfy { $0 == "again" } }
            for id in waiting { try await hub.client.raise(SharedHub.name, "Ada", to: id) }
            for id in waiting { #expect(try await hub.client.output(of: id).json == #""Hello Ada!""#) }
            for word in ["apart", "one"] {
                for id in hub.ids(word) { #expect(try await hub.client.output(of: id).json == "5") }
            }
            try await again.stop()
        }
    }

    @Test("Beats that come late, as after a pause of a host or of the broker, are not taken for a wrong clock")
    func lateBeats() async throws {
        try await SharedHub.run(partitions: 1) { hub in
            let host = try await hub.start("a")
            // It listens by the time at which others have heard it for a while.
            try await hub.owners("the host to have the hub") { $0 == ["a"] }
            let now = SystemHostClock().now
            let late = (0...40).reversed().map { seconds in
                HostBeat(
                    id: "frozen", name: "m", process: 7_654_321, startedAt: now,
                    sentAt: now.advanced(by: .zero - .seconds(seconds)))
            }
            hub.transport.publish(late.map { HostBeatCodec.encode($0, stream: hub.names.hostsStream) }) { _ in }
            // What is heard later is told, and what came late was heard before.
            let wrong = try await hub.start("wrong", ahead: .hours(24))
            try await host.log.wait(for: "The clock of another host differs")
            #expect(host.log.count(of: "7654321") == 0)
            try await wrong.stop()
            try await host.stop()
        }
    }

    @Test("A timer of a host that is a day ahead fires a day late on the others, and is not lost")
    func lateTimer() async throws {
        try await SharedHub.run(partitions: 1) { hub in
            let ahead = try await hub.start("ahead", ahead: .hours(24))
            let id = hub.id("late", in: 0)
            _ = try await hub.client.start(SharedHub.later, 3600, id: id)
            try await ahead.stop()
            let right = try await hub.start("right")
            try await hub.expectWork("meanwhile")
            #expect(try await hub.client.status(of: id)?.runtimeStatus == .running)
            try await right.stop()
            // On a host whose clock has reached that time it fires.
            let later = try await hub.start("later", ahead: .hours(26))
            #expect(try await hub.client.output(of: id).json == #""later""#)
            try await later.stop()
        }
    }

    @Test("A host of a version that knows nothing of journals is refused with the name of the host that has the hub")
    func olderVersion() async throws {
        try await SharedHub.run { hub in
            let host = try await hub.start("a")
            // Such a version does not look for journals. It finds a record of another store in the owner queue.
            var configuration = HostConfiguration(
                hub: hub.hub, dataDirectory: "\(hub.folder)/older", partitionCount: hub.partitions)
            configuration.roles = [.orchestrator]
            let store = try SQLitePartitionStore.open(
                directory: "\(hub.folder)/older", hub: hub.hub, partition: 0, partitionCount: hub.partitions,
                logger: OwnershipBench.logger)
            defer { store.close() }
            let ownership = PartitionOwnership(
                partition: 0, names: hub.names, configuration: configuration, storeID: store.identity.storeID,
                commitBeforeOpening: store.commitBeforeOpening, lastCommit: { store.lastCommit },
                queue: OwnerQueue(
                    hub.names, partition: 0, of: hub.partitions, on: hub.transport, logger: OwnershipBench.logger),
                transport: hub.transport, clock: SystemHostClock(), patience: .seconds(1),
                logger: OwnershipBench.logger)
            let queue = hub.names.partitionQueue(0, of: hub.partitions)
            let error = await #expect(throws: HostError.self) {
                try await ownership.consume(queue, prefetch: 10).close()
            }
            #expect(error?.code == .ownership)
            for part in ["belongs to another store", "'\(HostName.current)'", "\(hub.folder)/a", "process"] {
                #expect(error?.message.contains(part) == true, "\(part): \(error?.message ?? "")")
            }
            try await hub.expectWork("after")
            try await host.stop()
        }
    }
}
