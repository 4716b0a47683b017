import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenHost

/// A broker that has less than the files of hosts.
@Suite("Journal: made anew from files", .timeLimit(.minutes(2)))
struct HubReseedTests {
    private func reseed(_ bench: JournalBench, _ hosts: [String], isRehearsal: Bool = false) async throws -> [Int] {
        var reseed = HubReseed(
            hub: bench.names, directories: hosts.map { "\(bench.folder)/\($0)" }, journalBytes: bench.journalBytes,
            transport: bench.transport, logger: bench.log.logger, report: { _ in })
        reseed.settleTime = .zero
        return try await reseed.run(isRehearsal: isRehearsal)
    }

    private func expectRefusal(
        _ bench: JournalBench, _ hosts: [String], _ part: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = await #expect(throws: HostError.self, sourceLocation: sourceLocation) {
            _ = try await reseed(bench, hosts)
        }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    }

    /// The journal is not that of a host's file.
    private func expectRefused(
        _ bench: JournalBench, _ host: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let opening = Task { try await bench.open(host) }
        let isOver = Watched(false)
        let passing = Task { await bench.passTime(until: { isOver.value }) }
        let result = await opening.result
        isOver.change { $0 = true }
        await passing.value
        guard case .failure(let error as StorageError) = result else {
            Issue.record("\(result)", sourceLocation: sourceLocation)
            return
        }
        #expect(error.code == .journal && error.message.contains("warren hub reseed"), sourceLocation: sourceLocation)
    }

    /// Lets the broker lose all records but the first ones.
    private func cutEnd(_ bench: JournalBench, after count: Int) async throws {
        let tail = try await bench.transport.tail(bench.stream, from: .first)
        var bodies: [[UInt8]] = []
        for try await batch in tail.batches {
            bodies += batch.map(\.body)
            if bodies.count >= count { break }
        }
        await tail.close()
        try await remake(bench)
        for body in bodies.prefix(count) {
            _ = try await bench.transport.outcome(of: OutboundMessage(routingKey: bench.stream, body: body))
        }
    }

    private func remake(_ bench: JournalBench) async throws {
        try await bench.transport.deleteQueue(bench.stream)
        try await bench.transport.provision(
            TaskHubTopology.hub(bench.names, partitions: 1, durability: .journal, journalBytes: bench.journalBytes))
    }

    /// Commits with two hosts, the second of which has read less.
    private func fill(_ bench: JournalBench) async throws -> [UInt8] {
        let owner = try await bench.own()
        let follower = try await bench.open("b")
        try await owner.commit(JournalBench.commit(1...2))
        try await untilDone("the follower to have read") {
            while try follower.outboxIDs.count < 2 { await Task.yield() }
        }
        follower.close()
        try await owner.commit(JournalBench.commit(3...3))
        let secret = owner.identity.secret.bytes
        owner.close()
        return secret
    }

    @Test(
        "A journal that was deleted, or lost its end, is made anew from the furthest file; hosts without files have all of it",
        arguments: [true, false])
    func lost(isDeleted: Bool) async throws {
        try await JournalBench.run { bench in
            let secret = try await fill(bench)
            if isDeleted { try await remake(bench) } else { try await cutEnd(bench, after: 3) }
            try await expectRefused(bench, "a")
            #expect(try await reseed(bench, ["b", "a"], isRehearsal: true) == [0])
            try await expectRefused(bench, "a")
            #expect(try await reseed(bench, ["b", "a"]) == [0])

            let owner = try await bench.own("a")
            #expect(try owner.outboxIDs == [1, 2, 3])
            #expect(owner.identity.secret.bytes == secret, "results under way are taken")
            try await owner.commit(JournalBench.commit(4...4))
            owner.close()
            let newcomer = try await bench.own("c")
            #expect(try newcomer.outboxIDs == [1, 2, 3, 4])
            newcomer.close()
            // A file of the old journal is none of the new one.
            try await expectRefused(bench, "b")
            #expect(try await reseed(bench, ["a"]) == [])
        }
    }

    @Test("A journal that has everything stays, also when it has more than the files")
    func complete() async throws {
        try await JournalBench.run { bench in
            _ = try await fill(bench)
            #expect(try await reseed(bench, ["a", "b"]) == [])
            #expect(try await reseed(bench, ["b"]) == [])
            let owner = try await bench.own("a")
            #expect(try owner.outboxIDs == [1, 2, 3])
            owner.close()
        }
    }

    @Test("It is refused where a host has worked on what is left of the journal: that was acknowledged too")
    func forked() async throws {
        try await JournalBench.run { bench in
            _ = try await fill(bench)
            try await cutEnd(bench, after: 3)
            let other = try await bench.own("c")
            try await other.commit(JournalBench.commit(9...9))
            let kept = try other.outboxIDs
            other.close()
            try await expectRefusal(bench, ["a", "b"], "has worked on it since")
            let again = try await bench.own("c")
            #expect(try again.outboxIDs == kept)
            again.close()
        }
    }

    @Test("It is refused while a host runs, without a file, and for a hub without journals, with the remedy")
    func refusals() async throws {
        try await JournalBench.run { bench in
            _ = try await fill(bench)
            let queue = bench.names.partitionQueue(0, of: 1)
            let host = try await bench.transport.consume(queue, prefetch: 1)
            try await expectRefusal(bench, ["a"], "Stop all hosts")
            await host.close()
            try await expectRefusal(bench, ["nowhere"], "--from")
            try await expectRefusal(bench, [], "--from")
            for queue in [bench.stream, bench.names.hostsStream] { try await bench.transport.deleteQueue(queue) }
            try await expectRefusal(bench, ["a"], "warren hub create")
        }
    }

    @Test("One that was interrupted before the file was replaced goes on")
    func interrupted() async throws {
        try await JournalBench.run { bench in
            _ = try await fill(bench)
            try await remake(bench)
            var reseed = HubReseed(
                hub: bench.names, directories: ["\(bench.folder)/a"], journalBytes: bench.journalBytes,
                transport: bench.transport, logger: bench.log.logger, report: { _ in })
            reseed.settleTime = .zero
            reseed.beforeAdopting = { throw CancellationError() }
            await #expect(throws: HostError.self) { try await reseed.run() }
            reseed.beforeAdopting = {}
            #expect(try await reseed.run() == [0])
            let owner = try await bench.own("a")
            #expect(try owner.outboxIDs == [1, 2, 3])
            owner.close()
        }
    }
}
