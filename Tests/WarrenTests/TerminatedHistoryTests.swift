import Testing

@testable import Warren

/// What came in the same step as a termination, or as a failure by the host, is in the history, and no code has run for
/// it.
@Suite("Histories of instances that were ended from outside", .timeLimit(.minutes(1)))
struct TerminatedHistoryTests {
    private static let work = Activity<Int, Int>("Work")

    private let functions: FunctionRegistry = {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Int>("Flow") { context in
                let first = try await context.call(Self.work, 1)
                return try await context.call(Self.work, first)
            })
        return functions
    }()

    private let started: [HistoryEvent] = [
        .orchestratorStarted(Timestamp(microseconds: 1_000_000)),
        .executionStarted(ExecutionStarted(name: "Flow", instanceID: "i", executionID: "e", input: .null)),
    ]
    private let termination: [HistoryEvent] = [
        .executionTerminated(reason: nil), .executionCompleted(.terminated, output: .null, failure: nil),
    ]

    @Test("An answer that came with it, an event, and a resumption after which others count, are no fault")
    func late() {
        let asked = started + [.taskScheduled(id: 0, name: "Work", input: Payload(json: "1"))]
        let again = HistoryEvent.orchestratorStarted(Timestamp(microseconds: 2_000_000))
        let answer = HistoryEvent.taskCompleted(id: 0, result: Payload(json: "2"))
        for late in [[answer], [.eventRaised(name: "e", input: .null), answer], []] as [[HistoryEvent]] {
            #expect(fault(in: asked + [again] + late + termination) == nil)
        }
        let suspended = asked + [again, .executionSuspended(reason: nil), again, answer]
        #expect(fault(in: suspended + [again, .executionResumed(reason: nil)] + termination) == nil)
    }

    @Test("One that was terminated before it began, or in the step in which it began, is no fault")
    func early() {
        #expect(fault(in: [started[0]] + termination) == nil)
        #expect(fault(in: started + termination) == nil)
    }

    @Test("What was run before is still followed")
    func earlier() {
        let other = started + [.taskScheduled(id: 0, name: "Other", input: Payload(json: "1"))]
        let again = HistoryEvent.orchestratorStarted(Timestamp(microseconds: 2_000_000))
        #expect(fault(in: other + [again] + termination)?.type == "NonDeterminism")
    }

    @Test(
        "One that a host failed is no fault, at whatever point its code is",
        arguments: [
            "KillsHost", "VersionMismatch", "PayloadTooLarge", "EndlessContinueAsNew", "NonDeterminism",
            "CorruptHistory",
        ])
    func failedByHost(type: String) {
        let end = HistoryEvent.executionCompleted(
            .failed, output: .null, failure: FailureDetails(type: type, message: "m", isNonRetriable: true))
        let again = HistoryEvent.orchestratorStarted(Timestamp(microseconds: 2_000_000))
        let first = started + [.taskScheduled(id: 0, name: "Work", input: Payload(json: "1"))]
        let second: [HistoryEvent] = [again, .taskCompleted(id: 0, result: Payload(json: "2"))]
        let asked = HistoryEvent.taskScheduled(id: 1, name: "Work", input: Payload(json: "2"))
        let third: [HistoryEvent] = [again, .taskCompleted(id: 1, result: Payload(json: "3"))]
        // Killed while the first answer, or the last, was taken; its output was too large.
        #expect(fault(in: first + second + [end]) == nil)
        #expect(fault(in: first + second + [asked] + third + [end]) == nil)
        #expect(fault(in: first + [again, end]) == nil)
        let other = started + [.taskScheduled(id: 0, name: "Other", input: Payload(json: "1"))]
        #expect(fault(in: other + [again, end])?.type == "NonDeterminism")
        // A failure of the code is compared.
        let own = HistoryEvent.executionCompleted(
            .failed, output: .null, failure: FailureDetails(type: "MyError", message: "m"))
        #expect(fault(in: first + second + [asked] + third + [own])?.type == "NonDeterminism")
    }

    private func fault(in history: [HistoryEvent]) -> FailureDetails? {
        ReplayTester(functions: functions).fault(in: history)
    }
}
