import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

@Suite("Journal: a store whose truth is in the broker", .timeLimit(.minutes(1)))
struct JournaledStoreTests {
    @Test("What was committed is there after a restart, and after the loss of the file")
    func restart() async throws {
        try await JournalBench.run { bench in
            let first = try await bench.own()
            try await first.commit(JournalBench.commit(1...3))
            try await first.commit(JournalBench.commit(4...4))
            #expect(try first.outboxIDs == [1, 2, 3, 4])
            let identity = first.identity
            first.close()

            let second = try await bench.own()
            #expect(try second.outboxIDs == [1, 2, 3, 4])
            #expect(second.position?.epoch == 2)
            try await second.commit(JournalBench.commit(5...5))
            second.close()

            try bench.remove()
            let third = try await bench.own()
            #expect(try third.outboxIDs == [1, 2, 3, 4, 5])
            #expect(third.identity.storeID == identity.storeID)
            #expect(third.identity.secret.bytes == identity.secret.bytes)
            #expect(third.position?.epoch == 3)
            third.close()
        }
    }

    @Test("A journal that another host begins while this one looks whether it is new is not taken for a deleted one")
    func simultaneousBeginning() async throws {
        try await JournalBench.run { bench in
            var late = bench
            let other = Watched<JournaledStore?>(nil)
            late.askedForStore = {
                let store = try await bench.own("b")
                other.change { $0 = store }
                return store.identity.storeID
            }
            let store = try await late.open("a")
            let first = try await other.wait(for: "the other host", until: { $0 })
            #expect(store.identity.storeID == first.identity.storeID)
            store.close()
            first.close()
        }
    }

    @Test("A host that follows has what the owner commits, and takes over when it claims")
    func following() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own("a")
            let follower = try await bench.open("b")
            try await owner.commit(JournalBench.commit(1...2))
            let ended = Watched<StorageError?>(nil)
            try await follower.begin()
            #expect(try follower.outboxIDs == [1, 2])
            // The former owner learns of it, and nothing that it appends counts.
            owner.commit(JournalBench.commit(9...9)) { result in
                if case .failure(let error) = result { ended.change { $0 = error } }
            }
            let error = try await ended.wait(for: "the former owner's commit to fail", until: { $0 })
            #expect([.overtaken, .closed].contains(error.code))
            try await follower.commit(JournalBench.commit(3...3))
            #expect(try follower.outboxIDs == [1, 2, 3])
            owner.close()
            follower.close()
        }
    }

    @Test(
        "What the broker loses, refuses or returns is appended again under a renewed claim, once and in order",
        arguments: [StreamFault.lose(1), .lose(3), .refuse, .unroutable(1), .unroutable(5)])
    func lostRecord(_ fault: StreamFault) async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            try await owner.commit(JournalBench.commit(1...1))
            bench.transport.plantStreamFault(on: bench.stream, fault)
            let ends = Watched<[StorageError.Code?]>([])
            @Sendable func note(_ result: Result<Void, StorageError>) {
                ends.change { list in
                    if case .failure(let error) = result { list.append(error.code) } else { list.append(nil) }
                }
            }
            owner.commit(JournalBench.commit(2...2)) { note($0) }
            owner.commit(JournalBench.commit(3...3)) { note($0) }
            let passing = Task { await bench.passTime(until: { ends.value.count == 2 }) }
            let codes = try await ends.wait(for: "two ends") { $0.count == 2 ? $0 : nil }
            await passing.value
            #expect(codes == [nil, nil])
            #expect(try owner.outboxIDs == [1, 2, 3])
            #expect(owner.position?.epoch ?? 0 >= 2 && owner.isOwning)
            owner.close()
            let next = try await bench.own("b")
            #expect(try next.outboxIDs == [1, 2, 3])
            next.close()
        }
    }

    /// Commits, and waits for the commit to fail, while time passes.
    ///
    /// - Parameter late: the time by which each alarm is late.
    private func failure(
        of owner: JournaledStore, _ ids: ClosedRange<Int64>, _ bench: JournalBench, late: Duration = .zero
    ) async throws -> StorageError {
        let end = Watched<StorageError?>(nil)
        owner.commit(JournalBench.commit(ids)) { result in
            if case .failure(let error) = result { end.change { $0 = error } }
        }
        let passing = Task { await bench.passTime(by: late, until: { end.value != nil }) }
        let error = try await end.wait(for: "the end", until: { $0 })
        await passing.value
        return error
    }

    @Test("A host that cannot append at all gives the partition up, with nothing that counts")
    func silence() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            bench.transport.plantStreamFault(on: bench.stream, .lose(1000))
            let error = try await failure(of: owner, 1...1, bench)
            #expect(error.code == .unconfirmed)
            #expect(try owner.outboxIDs == [])
            owner.close()
        }
    }

    @Test("A journal that was deleted ends the ownership for good, with the remedy")
    func journalDeletedUnderItsOwner() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            try await owner.commit(JournalBench.commit(1...1))
            try await bench.transport.deleteQueue(bench.stream)
            let error = try await failure(of: owner, 2...2, bench)
            #expect(error.code == .journal)
            #expect(error.message.contains("warren hub reseed"))
            owner.close()
        }
    }

    @Test("A process that stood still does not renew its claim")
    func frozen() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            bench.transport.plantStreamFault(on: bench.stream, .lose(1))
            let error = try await failure(of: owner, 1...1, bench, late: .seconds(20))
            #expect(error.code == .unconfirmed)
            #expect(owner.position?.epoch == 1)
            owner.close()
        }
    }

    @Test("A record that the broker repeats or delays takes effect once")
    func repetition() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            bench.transport.plantStreamFault(on: bench.stream, .repeatNext)
            try await owner.commit(JournalBench.commit(1...1))
            try await owner.commit(JournalBench.commit(2...2))
            #expect(try owner.outboxIDs == [1, 2])
            // One that arrives after the next owner's claim counts for nobody.
            bench.transport.plantStreamFault(on: bench.stream, .delay(1))
            owner.commit(JournalBench.commit(3...3)) { _ in }
            owner.close()
            let next = try await bench.own()
            bench.transport.releaseStream(bench.stream)
            try await next.commit(JournalBench.commit(4...4))
            #expect(try next.outboxIDs == [1, 2, 4])
            next.close()
        }
    }

    @Test("A commit that is larger than a record is all there or not at all")
    func largeCommit() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            var commit = PartitionCommit()
            commit.outbox = [OutboxRow(id: 1, messages: [UInt8](repeating: 3, count: 5 << 18))]
            try await owner.commit(commit)
            owner.close()
            try bench.remove()
            let next = try await bench.own()
            #expect(try next.outbox(after: 0, most: 10, bytes: 8 << 20).map(\.messages.count) == [5 << 18])
            next.close()
        }
    }

    @Test("Bytes that somebody else appends are skipped")
    func foreignBytes() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            try await owner.commit(JournalBench.commit(1...1))
            for body in [Array("hello".utf8), [], [UInt8](repeating: 0, count: 100)] {
                _ = try await bench.transport.outcome(of: .init(routingKey: bench.stream, body: body))
            }
            try await owner.commit(JournalBench.commit(2...2))
            owner.close()
            try bench.remove()
            let next = try await bench.own()
            #expect(try next.outboxIDs == [1, 2])
            next.close()
        }
    }

    @Test("A journal that was deleted and made anew is refused by name, with the file and without it")
    func deletedJournal() async throws {
        try await JournalBench.run { bench in
            let owner = try await bench.own()
            try await owner.commit(JournalBench.commit(1...1))
            let storeID = owner.identity.storeID
            owner.close()
            try await bench.transport.deleteQueue(bench.stream)
            await #expect { _ = try await bench.open() } throws: { error in
                (error as? StorageError)?.code == .journal && "\(error)".contains("no stream '\(bench.stream)'")
            }
            try await bench.transport.provision(
                TaskHubTopology.hub(bench.names, partitions: 1, durability: .journal, journalBytes: bench.journalBytes))
            // Without the file, the broker's record tells.
            var known = bench
            known.recorded = storeID
            await #expect { _ = try await known.open("b") } throws: { error in
                "\(error)".contains("the journal was deleted and made anew")
            }
        }
    }

    @Test("A snapshot is made in time, a host without a file begins with it, and earlier ones are removed")
    func snapshots() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            let owner = try await bench.own()
            var id: Int64 = 0
            func fill() async throws {
                for _ in 0..<24 {
                    id += 1
                    var commit = PartitionCommit()
                    commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
                    if id > 3 { commit.removedOutbox = [id - 3] }
                    try await owner.commit(commit)
                }
            }
            try await fill()
            try await bench.log.wait(for: "A snapshot of a partition was made")
            let first = try #require(owner.position?.snapshot)
            #expect(first.hasPrefix(bench.names.snapshotStream(0, of: 1, id: "1-")))
            let position = try #require(owner.position)
            #expect(position.unsavedBytes < position.bytes)
            owner.close()

            try bench.remove()
            let next = try await bench.own()
            #expect(try next.outboxIDs == [id - 2, id - 1, id])
            #expect(next.position?.snapshot != "")
            next.close()

            // A snapshot that is not what its record says is not used.
            for id in ["1-1", "1-2", "1-3", "2-1", "2-2", "2-3"] {
                let stream = bench.names.snapshotStream(0, of: 1, id: id)
                try await bench.transport.deleteQueue(stream)
                try await bench.transport.provision(SnapshotStream.topology(stream))
                _ = try await bench.transport.outcome(
                    of: .init(routingKey: stream, body: [UInt8](repeating: 1, count: 7 << 20)))
            }
            try bench.remove()
            let third = try await bench.own()
            #expect(try third.outboxIDs == [id - 2, id - 1, id])
            third.close()
        }
    }

    /// Commits until the owner's journal has so many bytes more. The file stays small.
    private func fill(_ owner: JournaledStore, _ count: Int, from id: inout Int64) async throws {
        for _ in 0..<count {
            id += 1
            var commit = PartitionCommit()
            commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
            if id > 3 { commit.removedOutbox = [id - 3] }
            try await owner.commit(commit)
        }
    }

    @Test("A follower makes the snapshot, the owner makes it count, and a host without a file begins with it")
    func snapshotOfFollower() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            let owner = try await bench.own()
            let follower = try await bench.open("b")
            owner.setSnapshotDuty(.ofFollower)
            follower.setSnapshotDuty(.ofThis)
            var id: Int64 = 0
            var saved: Int64 = 0
            for round in 1...3 {
                // 1.2 MiB: more than an eighth of the journal, less than the owner leaves to the follower.
                try await fill(owner, 12, from: &id)
                // The follower says so when it has read that it counts.
                try await bench.log.wait(for: "A snapshot of a partition was made", count: round)
                let position = try #require(owner.position)
                #expect(position.savedBytes > saved && position.snapshot.hasSuffix(".1-\(round)"))
                saved = position.savedBytes
            }
            owner.close()
            follower.close()
            let third = try await bench.own("c")
            #expect(try third.outboxIDs == [id - 2, id - 1, id])
            third.close()
        }
    }

    @Test("An owner makes the snapshot itself when the follower that should have does not")
    func lateFollower() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            bench.journalBytes = 8 << 20
            let owner = try await bench.own()
            owner.setSnapshotDuty(.ofFollower)
            var id: Int64 = 0
            try await fill(owner, 12, from: &id)
            #expect(bench.log.count(of: "A snapshot of a partition was made") == 0)
            try await fill(owner, 12, from: &id)
            try await bench.log.wait(for: "A snapshot of a partition was made")
            owner.close()
        }
    }

    @Test("Of two hosts that announce the same snapshot, one has its name")
    func announcements() async throws {
        try await JournalBench.run { bench in
            let (a, b) = (try await bench.own("a"), try await bench.open("b"))
            let stream = bench.names.snapshotStream(0, of: 1, id: "1-1")
            async let first = a.announce(stream)
            async let second = b.announce(stream)
            let both = try await [first, second]
            #expect(both.count { $0 } == 1)
            #expect(try await !b.announce(stream))
            for store in [a, b] { store.close() }
        }
    }

    @Test("An offer of a snapshot that is older, of another journal or not there does not count")
    func strangeOffers() async throws {
        try await JournalBench.run { bench in
            let (owner, other) = (try await bench.own(), try await bench.open("b"))
            try await owner.commit(JournalBench.commit(1...1))
            let position = try #require(owner.position)
            var strange = position
            strange.journalID += 1
            var ahead = position
            ahead.bytes += 1000
            let name = { bench.names.snapshotStream(0, of: 1, id: $0) }
            let places = [
                (name("1-1"), position), (name("1-2"), strange), (name("1-3"), ahead), ("strange", position),
            ]
            for (stream, position) in places {
                let offer = JournalSnapshot(
                    stream: stream, bytes: 1, sha256: [UInt8](repeating: 0, count: 32), position: position)
                let answer = Task { try await other.offer(offer) }
                let passing = Task { await bench.passTime(until: { answer.isCancelled }) }
                #expect(try await !answer.value)
                answer.cancel()
                await passing.value
            }
            #expect(owner.position?.snapshot == "" && owner.position?.savedBytes == 0)
            try await owner.commit(JournalBench.commit(2...2))
            for store in [owner, other] { store.close() }
        }
    }
}
