import Testing
import Warren
import WarrenMessaging

@testable import WarrenPartition

/// Limits the sizes of the values that each step copies several times: a value is as large as its largest case, and each
/// reference inside costs two operations for every copy. A large part that is rarely there belongs behind one word (`Boxed`),
/// or into an indirect case.
@Suite("Sizes of values", .timeLimit(.minutes(1)))
struct SizeTests {
    @Test("Events and actions stay small") func eventsAndActions() {
        #expect(MemoryLayout<Payload>.stride <= 16)
        #expect(MemoryLayout<TaskTerms>.stride <= 8)
        #expect(MemoryLayout<TraceContext>.stride <= 8)
        #expect(MemoryLayout<HistoryEvent>.stride <= 80)
        #expect(MemoryLayout<OrchestratorAction>.stride <= 80)
        #expect(MemoryLayout<EpisodeOutcome>.stride <= 96)
    }

    @Test("Inputs stay small") func inputs() {
        #expect(MemoryLayout<WorkResult>.stride <= 88)
        #expect(MemoryLayout<Command>.stride <= 88)
        #expect(MemoryLayout<Work>.stride <= 88)
    }

    @Test("Rows and messages stay small") func rowsAndMessages() {
        #expect(MemoryLayout<InstanceRecord>.stride <= 264)
        #expect(MemoryLayout<OutboxMessage>.stride <= 8)
    }

    @Test("Terms that state nothing are equal, however they were made") func emptyTerms() {
        var terms = TaskTerms(
            retryOf: 3, attempt: 2, timeouts: ActivityTimeouts(total: .seconds(5)), spent: .seconds(1))
        #expect(terms != TaskTerms())
        terms.retryOf = nil
        terms.attempt = 1
        terms.timeouts = .none
        terms.spent = .zero
        #expect(terms == TaskTerms())
        #expect(terms.hashValue == TaskTerms().hashValue)
        // A copy keeps its own values.
        var other = terms
        other.attempt = 4
        #expect(terms.attempt == 1 && other.attempt == 4)
    }
}
