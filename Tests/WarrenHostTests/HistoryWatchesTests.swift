import Synchronization
import Testing
import Warren
import WarrenMessaging

@testable import WarrenHost
@testable import WarrenPartition

@Suite("Questions that wait for events", .timeLimit(.minutes(1)))
struct HistoryWatchesTests {
    /// What the handler got.
    private final class Heard: Sendable {
        private let state = Mutex<[(id: String, isOver: Bool)]>([])

        var all: [(id: String, isOver: Bool)] { state.withLock { $0 } }

        func add(_ questions: [PartitionQuestion], _ isOver: Bool) {
            state.withLock { $0 += questions.map { ($0.reply.correlationID, isOver) } }
        }
    }

    private func question(_ id: String) -> PartitionQuestion {
        let question = QueryCommand.Question.status(instanceID: "i", includeHistory: true)
        let reply = ReplyAddress(queue: "reply.test", correlationID: id, mode: .completed)
        return PartitionQuestion(
            AskedQuestion(
                question: question, historyFrom: "1.0", watch: HistoryWatch(executionID: "x", milliseconds: 1000),
                reply: reply),
            input: PartitionInput(.command(.query(QueryCommand(question)))))
    }

    private func memory(_ keys: Set<Int64>, purged: [Int64] = []) -> StepMemory {
        var memory = StepMemory()
        memory.instances = keys
        memory.purged = purged
        return memory
    }

    private func watches() -> (HistoryWatches, Heard) {
        let (watches, heard) = (HistoryWatches(), Heard())
        watches.handle { heard.add($0, $1) }
        return (watches, heard)
    }

    private static var later: ContinuousClock.Instant { .now + .seconds(3600) }

    @Test("Those who watch an instance are told once when it changes or is purged, and nobody else")
    func changes() throws {
        let (watches, heard) = watches()
        for (id, key) in [("a", 1), ("b", 1), ("c", 2), ("d", 3)] as [(String, Int64)] {
            #expect(watches.add(question(id), of: key, until: Self.later) != nil)
        }
        watches.changed(memory([7]))
        #expect(heard.all.isEmpty)
        watches.changed(memory([1, 7]))
        #expect(Set(heard.all.map(\.id)) == ["a", "b"])
        watches.changed(memory([1], purged: [3]))
        #expect(Set(heard.all.map(\.id)) == ["a", "b", "d"])
        #expect(heard.all.allSatisfy { !$0.isOver })
        #expect(watches.close().map(\.reply.correlationID) == ["c"])
    }

    @Test("A question that its asker takes back is told nothing, and one that was told cannot be taken back")
    func taking() throws {
        let (watches, heard) = watches()
        let first = try #require(watches.add(question("a"), of: 1, until: Self.later))
        let second = try #require(watches.add(question("b"), of: 1, until: Self.later))
        #expect(watches.take(first))
        #expect(!watches.take(first))
        watches.changed(memory([1]))
        #expect(heard.all.map(\.id) == ["b"])
        #expect(!watches.take(second))
    }

    @Test("A question whose time is over is told so, and those that came before and after it wait on")
    func end() async throws {
        let watches = HistoryWatches()
        let (ended, signal) = AsyncStream<String>.makeStream()
        watches.handle { questions, isOver in
            for question in questions where isOver { signal.yield(question.reply.correlationID) }
        }
        _ = watches.add(question("long"), of: 1, until: Self.later)
        _ = watches.add(question("short"), of: 1, until: .now + .milliseconds(5))
        _ = watches.add(question("longer"), of: 2, until: Self.later)
        for await id in ended {
            #expect(id == "short")
            break
        }
        #expect(watches.close().map(\.reply.correlationID) == ["long", "longer"])
    }

    @Test("There is a bound, and after the end of the partition nothing is kept")
    func bound() throws {
        let (watches, _) = watches()
        for number in 0..<HistoryWatches.most {
            #expect(watches.add(question("\(number)"), of: 1, until: Self.later) != nil)
        }
        #expect(watches.add(question("more"), of: 1, until: Self.later) == nil)
        #expect(watches.close().count == HistoryWatches.most)
        #expect(watches.add(question("late"), of: 1, until: Self.later) == nil)
        #expect(watches.close().isEmpty)
    }
}
