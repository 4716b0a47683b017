import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

@Suite("Conversion: a hub of durability local gets journals", .timeLimit(.minutes(5)))
struct HubConversionTests {
    private struct Interruption: Error {}

    /// Instances of everything that can be under way when the hub's host stops.
    private struct UnderWay {
        let done = ConversionBench.id("done", in: 0)
        let waiting = ConversionBench.id("waiting", in: 1)
        let working = ConversionBench.id("working", in: 0)
        let late = ConversionBench.id("late", in: 1)
        let parent = ConversionBench.id("parent", in: 0)
        let unsent = ConversionBench.id("unsent", in: 1)

        /// - Parameter isStuck: whether the last message does not leave the host.
        init(_ bench: ConversionBench, isStuck: Bool = false) async throws {
            let client = bench.client
            _ = try await client.start(ConversionBench.later, 0, id: done).result()
            _ = try await client.start(ConversionBench.greet, "Hello", id: waiting)
            _ = try await client.start(ConversionBench.work, "A", id: working)
            _ = try await client.start(ConversionBench.later, 3, id: late)
            _ = try await client.start(ConversionBench.family, "B", id: parent)
            try await bench.begun.wait(for: 5)
            if isStuck { bench.transport.stick() }
            _ = try await client.start(ConversionBench.work, "C", id: unsent, until: .confirmed)
            if isStuck {
                try await bench.transport.gotStuck.wait(for: 1)
            } else {
                try await bench.begun.wait(for: 6)
            }
        }

        /// Lets everything end.
        func complete(_ bench: ConversionBench) async throws {
            bench.gate.open()
            bench.transport.letGo()
            try await bench.client.raise(ConversionBench.name, "Ada", to: waiting)
            try await expectOnce(bench)
        }

        /// Expects that everything has ended once.
        ///
        /// - Parameter timeout: the time to wait for partitions that no host may have; `nil` if one must have each.
        func expectOnce(_ bench: ConversionBench, unless timeout: Duration? = nil) async throws {
            let expected = [
                (done, #""later""#), (waiting, #""Hello Ada!""#), (working, #""A done""#), (late, #""later""#),
                (parent, #"["B0 done","B1 done","B2 done","B3 done"]"#), (unsent, #""C done""#),
            ]
            for (id, output) in expected {
                do {
                    #expect(try await bench.client.output(of: id, timeout: timeout).json == output, "\(id)")
                } catch let error as ClientError where timeout != nil && error.code == .timedOut {
                    continue
                }
            }
            // Work may run again, as the same piece of work.
            #expect(Set(bench.begun.all).count == 6)
        }
    }

    private func durability(_ bench: ConversionBench) async throws -> Durability {
        try await HubSize.durability(
            of: bench.names, on: bench.transport, partitions: ConversionBench.partitions)
    }

    @Test("Open instances, activities under way, timers and unsent messages go on with journals, once")
    func everything() async throws {
        try await ConversionBench.run { bench in
            let worker = try await bench.start(.local, nil, roles: [.activity])
            let local = try await bench.start(.local, "a")
            let underWay = try await UnderWay(bench, isStuck: true)
            try await local.stop()
            try await bench.conversion().run(isRehearsal: true)
            #expect(try await durability(bench) == .local)
            try await bench.conversion().run()
            #expect(try await durability(bench) == .journal)
            #expect(!FileManager.default.fileExists(atPath: bench.conversion().scratch))

            let first = try await bench.start(.journal, "a")
            try await underWay.complete(bench)
            try await first.stop()
            // A host without the file has all of it as well.
            try FileManager.default.removeItem(atPath: bench.directory("a"))
            let second = try await bench.start(.journal, "b")
            try await underWay.expectOnce(bench)
            _ = try await bench.client.start(ConversionBench.later, 0, id: "afterwards").result()
            try await second.stop()
            try await worker.stop()
            try await bench.expectRefusal("b", .topology, ["has journals already", "--durability journal"])
        }
    }

    static let steps: [HubConversion.Step] =
        [.examined]
        + [1, 0].flatMap { number -> [HubConversion.Step] in
            [
                .declared(partition: number), .begun(partition: number), .saved(partition: number),
                .recorded(partition: number), .adopted(partition: number),
            ]
        }

    @Test("A conversion that is interrupted anywhere is run again, and loses nothing", arguments: steps)
    func interrupted(at step: HubConversion.Step) async throws {
        try await ConversionBench.run { bench in
            let worker = try await bench.start(.local, nil, roles: [.activity])
            let local = try await bench.start(.local, "a")
            let underWay = try await UnderWay(bench)
            try await local.stop()
            var conversion = bench.conversion()
            conversion.reached = { if $0 == step { throw Interruption() } }
            let error = await #expect(throws: HostError.self) { try await conversion.run() }
            #expect(error?.message.contains("Run 'warren hub journal' again") == true, "\(error?.message ?? "")")

            // Until the journal of partition 0 is made, the hub still is what it was, and may go on as that.
            var between: String?
            if try await durability(bench) == .local {
                let host = try await bench.start(.local, "a")
                let id = ConversionBench.id("between", in: 1)
                _ = try await bench.client.start(ConversionBench.later, 0, id: id).result()
                between = id
                try await host.stop()
            } else {
                // A host does not take what is not converted, whatever it has.
                let local = try bench.host(.local, "a")
                #expect(try await local.failure?.code == .topology)
                for directory in ["a", "empty"] {
                    let journal = try bench.host(.journal, directory)
                    if try await journal.isReady {
                        try await journal.stop()
                        let late: [HubConversion.Step] = [
                            .adopted(partition: 1), .recorded(partition: 0), .adopted(partition: 0),
                        ]
                        #expect(late.contains(step))
                    } else {
                        #expect(try await journal.failure != nil)
                    }
                }
            }
            if step != .adopted(partition: 0) { try await bench.conversion().run() }

            let host = try await bench.start(.journal, "a")
            try await underWay.complete(bench)
            if let between { #expect(try await bench.client.output(of: between).json == #""later""#) }
            try await host.stop()
            // What another host has gathered meanwhile is complete, or it does without the partition.
            let other = try bench.host(.journal, "empty")
            if try await other.isReady {
                try await underWay.expectOnce(bench, unless: .seconds(2))
                try await other.stop()
            }
            try await worker.stop()
        }
    }

    @Test("Without its snapshot a converted partition is not begun empty")
    func noSnapshot() async throws {
        try await ConversionBench.run { bench in
            let local = try await bench.start(.local, "a")
            let ids = [0, 1].map { ConversionBench.id("kept", in: $0) }
            for id in ids { _ = try await bench.client.start(ConversionBench.later, 0, id: id).result() }
            try await local.stop()
            try await bench.conversion().run()
            for partition in 0..<2 {
                try await bench.transport.deleteQueue(
                    PartitionConversion.snapshotStream(bench.names, partition, of: 2))
            }
            let empty = try bench.host(.journal, "b")
            let failure = try await empty.failure
            #expect(failure?.message.contains("continues the file that partition 0 had") == true, "\(failure as Any)")
            let host = try await bench.start(.journal, "a")
            for id in ids { #expect(try await bench.client.output(of: id).json == #""later""#) }
            try await host.stop()
        }
    }

    // MARK: Refusals

    /// Runs a test with a hub whose host has stopped.
    private func withStoppedHost(_ body: (ConversionBench) async throws -> Void) async throws {
        try await ConversionBench.run { bench in
            let local = try await bench.start(.local, "a")
            _ = try await bench.client.start(ConversionBench.later, 0, id: "done").result()
            try await local.stop()
            try await body(bench)
            // It still is what it was.
            let again = try await bench.start(.local, "a")
            #expect(try await bench.client.output(of: "done").json == #""later""#)
            try await again.stop()
        }
    }

    @Test("A hub that is not there, or never had a host, has nothing to convert")
    func nothing() async throws {
        try await ConversionBench.run { bench in
            try await bench.expectRefusal("a", .topology, ["no task hub 'convert'", "--durability journal"])
            try await bench.transport.provision(TaskHubTopology.hub(bench.names, partitions: 2))
            try await bench.expectRefusal("a", .ownership, ["no data directory so far", "--durability journal"])
            #expect(!FileManager.default.fileExists(atPath: bench.directory("a")))
        }
        try await ConversionBench.run { bench in
            try await bench.transport.provision(
                TaskHubTopology.hub(bench.names, partitions: 2, durability: .journal))
            try await bench.expectRefusal("a", .topology, ["has journals already"])
        }
    }

    @Test("A hub with a running host is refused, wherever the host runs")
    func running() async throws {
        try await withStoppedHost { bench in
            let host = try await bench.start(.local, "a")
            try await bench.expectRefusal("a", .ownership, ["has partition 0 of hub 'convert' open", "Stop all hosts"])
            try await host.stop()
            // A program that has only the file open.
            let store = try SQLitePartitionStore.open(
                directory: bench.directory("a"), hub: ConversionBench.hub, partition: 1, partitionCount: 2,
                logger: OwnershipBench.logger)
            try await bench.expectRefusal("a", .storage, ["has the partition open", "partition.01"])
            store.close()
        }
    }

    @Test("A data directory that is not the hub's, or not all of it, or older, is refused with what is wrong")
    func directory() async throws {
        try await withStoppedHost { bench in
            try await bench.expectRefusal(
                "other", .storage, ["no file of partitions 0, 1", bench.directory("a"), "convert.partition.*"])
            let file = "\(bench.directory("a"))/convert.partition.01.sqlite"
            try FileManager.default.moveItem(atPath: file, toPath: "\(file).moved")
            try await bench.expectRefusal("a", .storage, ["no file of partition 1 of hub 'convert'"])
            try FileManager.default.moveItem(atPath: "\(file).moved", toPath: file)

            // The files of another hub of this name.
            for partition in 0..<2 {
                try SQLitePartitionStore.open(
                    directory: bench.directory("foreign"), hub: ConversionBench.hub, partition: partition,
                    partitionCount: 2, logger: OwnershipBench.logger
                ).close()
            }
            try await bench.expectRefusal(
                "foreign", .ownership, ["belongs to another store", bench.directory("a"), bench.directory("foreign")])

            try FileManager.default.copyItem(atPath: bench.directory("a"), toPath: bench.directory("old"))
            let host = try await bench.start(.local, "a")
            _ = try await bench.client.start(ConversionBench.later, 0, id: "newer").result()
            _ = try await bench.client.start(ConversionBench.later, 0, id: "newest").result()
            try await host.stop()
            // The marks beside the files know it, and would the broker if the hub's transport outlived its hosts.
            try FileManager.default.removeItem(atPath: bench.directory("old") + "/convert.marks")
            try FileManager.default.copyItem(
                atPath: bench.directory("a") + "/convert.marks", toPath: bench.directory("old") + "/convert.marks")
            try await bench.expectRefusal("old", .storage, ["older than what this hub has acknowledged"])
        }
    }

    @Test("A hub whose history was in memory has no files to convert")
    func memory() async throws {
        try await ConversionBench.run { bench in
            let host = try await bench.start(.local, nil)
            try await host.stop()
            try await bench.expectRefusal("a", .ownership, ["was in memory"])
        }
    }
}
