import Testing
import Warren

@testable import WarrenPartition

/// Which part of a history an execution goes on from.
@Suite("Cutting histories", .timeLimit(.minutes(1)))
struct HistoryCutTests {
    private static let failure = FailureDetails(type: "T", message: "m")

    /// Writes an episode.
    private func episode(_ time: Int64, _ events: HistoryEvent...) -> [HistoryEvent] {
        [.orchestratorStarted(Timestamp(microseconds: time))] + events
    }

    private let begin = HistoryEvent.executionStarted(
        ExecutionStarted(name: "N", instanceID: "i", executionID: "e", input: .null))

    private func call(_ id: Int, retryOf: Int? = nil) -> HistoryEvent {
        .taskScheduled(id: id, name: "A", input: .null, terms: TaskTerms(retryOf: retryOf))
    }

    private func child(_ id: Int) -> HistoryEvent {
        .subOrchestrationCreated(id: id, name: "C", instanceID: "c\(id)", input: .null)
    }

    private func done(_ id: Int) -> HistoryEvent { .taskCompleted(id: id, result: .null) }
    private func failed(_ id: Int) -> HistoryEvent { .taskFailed(id: id, failure: Self.failure) }
    private let end = HistoryEvent.executionCompleted(.failed, output: .null, failure: failure)
    private let event = HistoryEvent.eventRaised(name: "E", input: .null)

    /// Rewinds; the code agrees with what `follows` says, and with nothing by default.
    private func rewound(
        _ episodes: [[HistoryEvent]], follows: ([HistoryEvent]) -> Bool = { _ in false }
    ) -> HistoryCut {
        HistoryCut.rewinding(Array(episodes.joined()), follows: follows)
    }

    private func ask(_ id: Int) -> HistoryEvent {
        let caller = EntityRequest.Caller(instanceID: "i", executionID: "e", taskID: id)
        return .eventSent(
            id: id, instanceID: "@counter@a", name: "get",
            input: EntityRequest(isSignal: false, caller: caller).payload)
    }

    private func answer(_ id: Int, _ outcome: EntityAnswer.Outcome = .completed(Payload(json: "1"))) -> HistoryEvent {
        .eventRaised(name: "@\(id)", input: EntityAnswer(executionID: "e", outcome: outcome).payload)
    }

    @Test("A request to an entity without its answer, and a lock, are known where the execution goes on")
    func entities() throws {
        let history = [
            episode(1, begin, ask(0)), episode(2, answer(0), ask(1)),
            episode(3, answer(1, .locked(["@counter@a"])), call(2)),
            episode(4, failed(2), end),
        ]
        #expect(rewound([episode(1, begin, ask(0), call(1)), episode(2, failed(1), end)]).holdsEntities)
        #expect(rewound(history).holdsEntities)
        #expect(
            !rewound([episode(1, begin, ask(0)), episode(2, answer(0), call(1)), episode(3, failed(1), end)])
                .holdsEntities)
        let events = Array(history.joined())
        // Before the answer: it happens again, unless it is to be forgotten. That to a request which is asked anew does not.
        let cut = try #require(HistoryCut.before(5, events, dropsEvents: false))
        #expect(cut.again == [answer(0)])
        #expect(!cut.holdsEntities)
        #expect(HistoryCut.before(5, events, dropsEvents: true)?.holdsEntities == true)
    }

    // MARK: - Rewinding

    @Test("The failed result is taken out, and the call before it is open again")
    func oneCall() {
        let cut = rewound([
            episode(1, begin, call(0)), episode(2, done(0), call(1)), episode(3, failed(1), end),
        ])
        #expect(cut.kept == [episode(1, begin, call(0)), episode(2, done(0), call(1))])
        #expect(cut.again.isEmpty)
        #expect(cut.retaken == [1])
        #expect(cut.open.tasks.sorted.map(\.id) == [1])
    }

    @Test("Of a fan-out, what succeeded before and after the failure happens again, and is not open")
    func fanOut() {
        let cut = rewound([
            episode(1, begin, call(0), call(1), child(2)), episode(2, done(0)), episode(3, failed(1)),
            episode(4, .subOrchestrationCompleted(id: 2, result: .null), end),
        ])
        #expect(cut.kept == [episode(1, begin, call(0), call(1), child(2))])
        #expect(cut.again == [done(0), .subOrchestrationCompleted(id: 2, result: .null)])
        #expect(cut.retaken == [1])
    }

    @Test("Failed children are taken out as failed activities are")
    func children() {
        let cut = rewound([
            episode(1, begin, child(0)), episode(2, .subOrchestrationFailed(id: 0, failure: Self.failure), end),
        ])
        #expect(cut.retaken == [0])
        #expect(cut.open.calls[0]?.instanceID == "c0")
    }

    @Test("Without a failed result the last episode's events happen again")
    func ownFailure() {
        let cut = rewound([episode(1, begin, call(0)), episode(2, done(0), end)])
        #expect(cut.kept == [episode(1, begin, call(0))])
        #expect(cut.again == [done(0)])
        #expect(cut.retaken.isEmpty)
    }

    @Test("If nothing happened after the last action, the episode of that action runs again")
    func lastEpisodeAsks() {
        let sends = HistoryEvent.eventSent(id: 1, instanceID: "o", name: "E", input: .null)
        let cut = rewound([episode(1, begin, call(0)), episode(2, done(0), sends, end)])
        #expect(cut.kept == [episode(1, begin, call(0))])
        #expect(cut.again == [done(0)])
    }

    @Test("An execution that asked for nothing begins again")
    func begins() {
        let cut = rewound([episode(1, begin), episode(2, event, end)])
        #expect(cut.kept.isEmpty)
        #expect(!cut.hasBegun)
        #expect(cut.again == [begin, event])
    }

    @Test("A failure that the code answered with another call stays; the one after that is taken out")
    func answered() {
        let history = [
            episode(1, begin, call(0)), episode(2, failed(0), call(1)), episode(3, done(1), call(2)),
            episode(4, failed(2), end),
        ]
        let cut = rewound(history) { history in history.contains(failed(0)) }
        #expect(cut.kept == Array(history[..<3]))
        #expect(cut.retaken == [2])
    }

    @Test("Of a call with retries only the last failure is taken out")
    func retries() {
        let timer = HistoryEvent.timerCreated(id: 1, fireAt: Timestamp(microseconds: 9))
        let history = [
            episode(1, begin, call(0)), episode(2, failed(0), timer),
            episode(3, .timerFired(id: 1), call(2, retryOf: 0)), episode(4, failed(2), end),
        ]
        let cut = rewound(history)
        #expect(cut.kept == Array(history[..<3]))
        #expect(cut.retaken == [2])
        #expect(cut.open.tasks.sorted.map(\.id) == [2])
    }

    @Test("A branch that failed while another went on is taken out, if the code asks for the same without it")
    func branches() {
        let history = [
            episode(1, begin, call(0), call(1)), episode(2, failed(0)), episode(3, done(1), call(2)),
            episode(4, done(2), end),
        ]
        let free = rewound(history) { _ in true }
        #expect(free.retaken == [0])
        #expect(free.kept == [episode(1, begin, call(0), call(1)), episode(2), episode(3, done(1), call(2))])
        #expect(free.again == [done(2)])
        // If the code would ask for something else, the failure stays.
        let bound = rewound(history) { _ in false }
        #expect(bound.retaken.isEmpty)
        #expect(bound.kept == Array(history[..<3]))
    }

    @Test("If not all failures can be taken out, those that the code did not answer at once are, then single ones")
    func someBranches() {
        let history = [
            episode(1, begin, call(0), call(1), call(2), call(3)), episode(2, failed(0), call(4)),
            episode(3, failed(1)), episode(4, failed(2), done(4), call(5)), episode(5, done(3), end),
        ]
        var trials = 0
        let cut = rewound(history) { history in
            trials += 1
            return history.contains(failed(0))
        }
        #expect(cut.retaken == [1, 2])
        #expect(trials <= 4)
    }

    @Test("The end of the former execution is not kept, whatever ended it")
    func ends() {
        let cut = rewound([
            episode(1, begin, call(0)),
            episode(
                2, .executionTerminated(reason: "r"), .executionCompleted(.terminated, output: .null, failure: nil)),
        ])
        #expect(cut.kept == [episode(1, begin, call(0))])
        #expect(cut.again.isEmpty)
        #expect(cut.open.tasks.sorted.map(\.id) == [0])
    }

    // MARK: - Resetting

    private var history: [[HistoryEvent]] {
        [
            episode(1, begin, call(0), child(1)),  // 1 2 3 4
            episode(2, done(0), event, call(2), child(3)),  // 5 6 7 8 9
            episode(3, done(2), event),  // 10 11 12
        ]
    }

    private func reset(_ number: Int, dropsEvents: Bool = true) -> HistoryCut? {
        HistoryCut.before(number, Array(history.joined()), dropsEvents: dropsEvents)
    }

    @Test("Whole episodes before the event are kept; its episode runs again with the events before it")
    func point() throws {
        let cut = try #require(reset(7))
        #expect(cut.kept == [episode(1, begin, call(0), child(1))])
        #expect(cut.again == [done(0)])
        #expect(cut.forgotten.map(\.instanceID) == ["c3"])
        // An action and the beginning of an episode are points, too.
        #expect(try #require(reset(9)).again == [done(0), event])
        let boundary = try #require(reset(10))
        #expect(boundary.kept.count == 2)
        #expect(boundary.again.isEmpty)
        #expect(boundary.forgotten.isEmpty)
        #expect(boundary.open.tasks.sorted.map(\.id) == [1, 2, 3])
    }

    @Test("Before the first events the execution begins again")
    func beginning() throws {
        for number in 1...2 {
            let cut = try #require(reset(number))
            #expect(cut.kept.isEmpty && cut.again.isEmpty)
            #expect(cut.forgotten.map(\.instanceID) == ["c1", "c3"])
        }
        #expect(try #require(reset(3)).again == [begin])
    }

    @Test("External events from there on happen again, unless they are dropped")
    func events() throws {
        #expect(try #require(reset(7, dropsEvents: false)).again == [done(0), event, event])
        #expect(try #require(reset(1, dropsEvents: false)).again == [event, event])
        #expect(try #require(reset(12, dropsEvents: false)).again == [done(2), event])
    }

    @Test("There is no point outside of the history")
    func noPoint() {
        #expect(reset(0) == nil)
        #expect(reset(13) == nil)
        #expect(reset(-1) == nil)
        #expect(reset(.max) == nil)
        #expect(HistoryCut.before(1, [], dropsEvents: true) == nil)
    }

    @Test("A suspension that is kept, or happens again, holds")
    func suspension() throws {
        let history = [
            episode(1, begin, call(0)), episode(2, .executionSuspended(reason: nil)),
            episode(3, .executionResumed(reason: nil)),
        ]
        let flat = Array(history.joined())
        #expect(try #require(HistoryCut.before(6, flat, dropsEvents: true)).isSuspended)
        #expect(try #require(HistoryCut.before(4, flat, dropsEvents: true)).isSuspended == false)
        #expect(HistoryCut.rewinding(flat) { _ in true }.isSuspended == false)
    }
}
