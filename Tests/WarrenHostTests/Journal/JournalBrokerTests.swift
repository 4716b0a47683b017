import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenHost

/// The same as `JournalMistakeTests`, with whole hosts on RabbitMQ.
@Suite(
    "Broker: hubs with a journal", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
struct JournalBrokerTests {
    private static let hello = Orchestration<String, String>("SayHello")
    private static let textual = Orchestration<Int, String>("Textual")
    private static let text = Activity<Int, String>("Text")

    /// Starts a host with one partition.
    private func start(
        _ bench: OwnershipBench, _ directory: String, url: String? = nil, journalBytes: Int? = nil,
        logger: Logger = OwnershipBench.logger, texts: Watched<Int>? = nil
    ) throws -> RunningHost {
        var configuration = HostConfiguration(
            hub: bench.hub, broker: url ?? bench.url, dataDirectory: bench.directory(directory), partitionCount: 1)
        configuration.storage.durability = .journal
        if let journalBytes { configuration.journal.size = journalBytes }
        configuration.graces.stop = .seconds(10)
        let host = try TaskHubHost(configuration, logger: logger)
        host.register(Self.hello) { _, name in "Hello \(name)!" }
        host.register(Self.textual) { context, number in try await context.call(Self.text, number) }
        host.register(Self.text) { number in
            try await texts?.wait(for: "the text") { $0 > number ? true : nil }
            return String(repeating: "y", count: 900_000)
        }
        return RunningHost(host)
    }

    private func expectRefusal(
        _ host: RunningHost, _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = try await host.failure
        for part in parts {
            #expect(
                error?.message.contains(part) == true, "\(part): \(error?.message ?? "no failure")",
                sourceLocation: sourceLocation)
        }
    }

    /// Runs a test with a user of its own, who may do everything at first.
    private func withUser(
        _ body: (_ url: String, _ permit: (_ configure: String, _ write: String, _ read: String) async throws -> Void)
            async throws -> Void
    ) async throws {
        let user = "limited\(UInt32.random(in: 0...UInt32.max))"
        var address = try #require(URLComponents(string: try TestBroker.requireURL()))
        address.user = user
        address.password = user
        let url = try #require(address.string)
        try await TestBroker.control("ctl", "add_user", user, user)
        try await withCleanUp {
            try await body(url) { configure, write, read in
                try await TestBroker.control("ctl", "set_permissions", "-p", "/", user, configure, write, read)
            }
        } afterwards: {
            try await TestBroker.control("ctl", "delete_user", user)
        }
    }

    @Test("After the loss of its files a host goes on from the journal")
    func lostFiles() async throws {
        try await OwnershipBench.run(.broker, activities: [Self.text.name]) { bench in
            let first = try start(bench, "a")
            #expect(try await first.isReady)
            try await bench.greet("Ada")
            try await first.stop()
            try FileManager.default.removeItem(atPath: bench.directory("a"))
            let second = try start(bench, "b")
            #expect(try await second.isReady)
            #expect(try await bench.knows("Ada"))
            try await bench.greet("Bob")
            try await second.stop()
        }
    }

    @Test("A journal that was deleted while its host was stopped is refused, with the files and without them")
    func deleted() async throws {
        try await OwnershipBench.run(.broker, activities: [Self.text.name]) { bench in
            let first = try start(bench, "a")
            #expect(try await first.isReady)
            try await bench.greet("Ada")
            try await first.stop()
            let stream = bench.names.journalStream(0, of: 1)
            try await TestBroker.remove(queues: [stream])
            // As `warren hub create` makes it again; a host would, too.
            try await bench.transport.provision(
                TaskHubTopology.hub(bench.names, partitions: 1, durability: .journal))
            try await expectRefusal(try start(bench, "a"), [stream, "Nothing was changed", "Keep the file"])
            try await expectRefusal(
                try start(bench, "b"), [stream, "was deleted and made anew", "Nothing was changed"])
        }
    }

    @Test("A user without a right to the streams is told which one, and goes on when it is granted")
    func rights() async throws {
        try await OwnershipBench.run(.broker, activities: [Self.text.name]) { bench in
            try await withUser { url, permit in
                let stream = bench.names.journalStream(0, of: 1)
                try await permit(".*", ".*", ".*")
                let first = try start(bench, "a", url: url)
                #expect(try await first.isReady)
                try await bench.greet("Ada")
                try await first.stop()

                try await permit(".*", ".*", "^(?!.*\\.journal).*$")
                try await expectRefusal(try start(bench, "a", url: url), [stream, "Grant it", "set_permissions"])
                try await permit(".*", "^(?!amq\\.default).*$", ".*")
                try await expectRefusal(try start(bench, "a", url: url), ["amq.default"])
                try await permit("^(?!.*\\.journal).*$", ".*", ".*")
                let configured = try start(bench, "a", url: url)
                // The streams are there: nothing has to be declared.
                #expect(try await configured.isReady)
                try await configured.stop()

                try await permit(".*", ".*", ".*")
                let again = try start(bench, "a", url: url)
                #expect(try await again.isReady)
                #expect(try await bench.knows("Ada"))
                try await again.stop()
            }
        }
    }

    @Test("Without snapshots nothing new is taken from half of a journal on, and what is under way goes on")
    func withoutSnapshots() async throws {
        try await OwnershipBench.run(.broker, activities: [Self.text.name]) { bench in
            try await withUser { url, permit in
                try await permit("^(?!\(bench.hub)[.]snapshot[.]).*", ".*", ".*")
                let (log, texts) = (LogLines(), Watched(0))
                let host = try start(bench, "a", url: url, journalBytes: 64 << 20, logger: log.logger, texts: texts)
                #expect(try await host.isReady)
                let client = try await TaskHubClient(
                    hub: bench.hub, transport: bench.transport, logger: OwnershipBench.logger)
                var underWay: [OrchestrationInstance<String>] = []
                for number in 0..<6 {
                    underWay.append(try await client.start(Self.textual, number, id: "text-\(number)"))
                }
                // One after the other: what is taken together may fill more than half of so small a journal.
                let text = String(repeating: "x", count: 900_000)
                let half = "Half of a partition's journal is behind its newest snapshot"
                for number in 0..<60 where log.count(of: half) == 0 {
                    _ = try await client.start(Self.hello, text, id: "greet-\(number)").result()
                }
                #expect(log.count(of: half) == 1)
                let late = try await client.start(Self.hello, "late", id: "greet-late", until: .confirmed)
                texts.change { $0 = 3 }
                for instance in underWay[..<3] { #expect(try await instance.result().count == 900_000) }
                #expect(try await !bench.knows("late"))
                // What the others write brings another attempt.
                try await permit(".*", ".*", ".*")
                texts.change { $0 = 6 }
                for instance in underWay[3...] { #expect(try await instance.result().count == 900_000) }
                #expect(try await late.result() == "Hello late!")
                await client.close()
                try await host.stop()
                try await removeSnapshots(of: bench)
            }
        }
    }

    @Test("A journal of many segments is read on, also from its beginning: their offsets have gaps")
    func segments() async throws {
        try await OwnershipBench.run(.broker, activities: [Self.text.name]) { bench in
            // The smallest journal has segments of 8 MiB.
            let bytes = 64 << 20
            let first = try start(bench, "a", journalBytes: bytes)
            #expect(try await first.isReady)
            let client = try await TaskHubClient(
                hub: bench.hub, transport: bench.transport, logger: OwnershipBench.logger)
            let text = String(repeating: "x", count: 400_000)
            for number in 0..<24 { _ = try await client.start(Self.hello, text, id: "greet-\(number)").result() }
            await client.close()
            try await first.stop()
            let second = try start(bench, "b", journalBytes: bytes)
            #expect(try await second.isReady)
            for number in [0, 12, 23] { #expect(try await bench.knows("\(number)")) }
            try await second.stop()
            try await removeSnapshots(of: bench)
        }
    }

    /// Takes the snapshots of a partition off the broker, which has them as streams of their own.
    private func removeSnapshots(of bench: OwnershipBench) async throws {
        for epoch in 1...4 as ClosedRange<UInt64> {
            for number in 1...12 {
                let id = SnapshotID(epoch: epoch, number: number)
                try await bench.transport.deleteQueue(bench.names.snapshotStream(0, of: 1, id: id.text))
            }
        }
    }
}
