import Logging
import Testing
import Warren

@testable import WarrenBench

@Suite("Instances that 'warren-bench fill' makes", .timeLimit(.minutes(5)))
struct PastInstancesTests {
    private static let from = Timestamp(microseconds: 1_800_000_000_000_000)
    private static let to = from.advanced(by: .seconds(30 * 86_400))

    private static func made(_ count: Int, seed: UInt64 = 1) -> [PastInstance] {
        var past = PastInstances(count: count, from: from, to: to, seed: seed)
        var found: [PastInstance] = []
        while let instance = past.next() { found.append(instance) }
        return found
    }

    @Test("The same seed makes the same instances, oldest first, and nothing ends before it is created or after now")
    func rows() {
        let found = Self.made(3000)
        #expect(found.map(\.record) == Self.made(3000).map(\.record))
        #expect(found.map(\.record) != Self.made(3000, seed: 2).map(\.record))
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.record.createdAt <= $1.record.createdAt })
        for past in found {
            let record = past.record
            #expect(record.createdAt >= Self.from && record.lastUpdatedAt <= Self.to)
            #expect(record.lastUpdatedAt >= record.createdAt && record.episodes == past.episodes.count)
            #expect(record.status.isTerminal == (record.completedAt != nil))
        }
        let statuses = Dictionary(grouping: found, by: \.record.status).mapValues(\.count)
        #expect((statuses[.completed] ?? 0) > 2500)
        for status in [RuntimeStatus.failed, .terminated, .running, .suspended] { #expect((statuses[status] ?? 0) > 0) }
    }

    @Test("The orchestrators that go on with open instances do what their histories say")
    func replays() {
        let functions = FunctionRegistry()
        PastInstances.registerAll(with: functions)
        let runner = LocalOrchestratorRunner(
            functions: functions, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let open = Self.made(3000).filter { $0.record.status == .running }
        #expect(open.contains { $0.timer != nil } && open.contains { !$0.record.eventWaits.isEmpty })
        for past in open {
            let session = runner.session(replaying: past.episodes.flatMap(\.self))
            let outcome = session.advance([.orchestratorStarted(Self.to)])
            session.evict()
            #expect(outcome.completion == nil && outcome.actions.isEmpty, "\(past.record.instanceID): \(outcome)")
        }
    }
}
