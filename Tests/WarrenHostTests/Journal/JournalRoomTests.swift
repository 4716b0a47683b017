import TestSupport
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

@Suite("Journal: the room for further work", .timeLimit(.minutes(5)))
struct JournalRoomTests {
    @Test("New work is kept away from half of the journal on, and taken again below three eighths")
    func bounds() {
        var room = JournalRoom.ample
        let steps: [(unsaved: Int64, room: JournalRoom)] = [
            (0, .ample), (399, .ample), (400, .scarce), (399, .scarce), (300, .scarce), (299, .ample), (399, .ample),
            (599, .scarce), (600, .full), (599, .scarce), (10_000, .full), (400, .scarce), (10, .ample),
        ]
        for step in steps {
            room = room.with(step.unsaved, of: 800)
            #expect(room == step.room, "\(step.unsaved)")
        }
    }

    @Test("Without snapshots a journal fills to three quarters, commits wait, and all of them count when one is made")
    func stubborn() async throws {
        try await JournalBench.run { bench in
            var bench = bench
            let files = StubbornFiles()
            bench.journalBytes = 8 << 20
            bench.changedFiles = { files.around($0) }
            let owner = try await bench.own()
            let changes = Watched<[JournalRoom]>([])
            owner.observeRoom { [weak owner] in
                if let room = owner?.room { changes.change { $0.append(room) } }
            }
            let done = Watched(0)
            // The file stays small: each row replaces the one before.
            func write(_ ids: ClosedRange<Int64>) {
                for id in ids {
                    var commit = PartitionCommit()
                    commit.outbox = [OutboxRow(id: id, messages: [UInt8](repeating: 9, count: 100 << 10))]
                    if id > 1 { commit.removedOutbox = [id - 1] }
                    owner.commit(commit) { result in
                        if case .success = result { done.change { $0 += 1 } }
                    }
                }
            }
            write(1...45)
            try await changes.wait(for: "half of the journal to be written") { $0.last == .scarce ? true : nil }
            write(46...80)
            try await changes.wait(for: "the journal to be full") { $0.last == .full ? true : nil }
            #expect(changes.value == [.scarce, .full])
            #expect(bench.log.count(of: "Half of a partition's journal is behind its newest snapshot") == 1)
            #expect(bench.log.count(of: "Three quarters of a partition's journal are behind") == 1)
            let position = try #require(owner.position)
            // What was on its way when that was noticed still counts.
            #expect(position.unsavedBytes < 8 << 20 && done.value < 80 && owner.isOwning)

            // Nothing is appended any more, so that only time brings another attempt.
            try await bench.log.wait(for: "A snapshot was not made")
            files.giveIn()
            try await untilSeen("another attempt after the pause") {
                if let time = bench.clock.next { _ = bench.clock.move(to: time) }
                return files.copies > 0
            }
            try await done.wait(for: "all commits") { $0 == 80 ? true : nil }
            #expect(files.refused > 0)
            #expect(try owner.outboxIDs == [80])
            try await changes.wait(for: "room") { $0.last == .ample ? true : nil }
            #expect(bench.log.count(of: "There is room in a partition's journal again") >= 1)
            owner.close()
        }
    }
}
