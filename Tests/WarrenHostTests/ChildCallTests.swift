import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenSupport

@testable import WarrenHost

/// The start of a sub-orchestration stays in its parent's outbox until everything that the same step sent is safe, and is
/// sent again by the next host. Whatever has become of the child meanwhile, the call was taken once and is not taken again.
@Suite("Calls of sub-orchestrations that come again", .timeLimit(.minutes(5)))
struct ChildCallTests {
    private static let effect = Activity<Int, Int>("Effect")
    private static let slow = Activity<Int, Int>("Slow")
    private static let note = Activity<String, String>("Note")
    private static let child = Orchestration<Int, Int>("Child")
    private static let parent = Orchestration<[String], [Int]>("Parent")
    private static let waiting = Orchestration<Void, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    /// What orchestrations and their activities have done, in all hosts.
    private struct Record: Sendable {
        /// With whom ran them: an activity may run twice, but for one execution.
        let effects = Happenings<(number: Int, execution: String)>()
        let notes = Happenings<String>()
        let never = Gate()

        /// The effects of all executions.
        var executed: [Int] {
            var seen: Set<String> = []
            return effects.all.filter { seen.insert($0.execution).inserted }.map(\.number)
        }
    }

    /// - Parameters:
    ///   - isFirst: whether the slow activity goes on for ever.
    ///   - knowsChild: whether the child's orchestration is registered.
    private static func register(_ record: Record, isFirst: Bool, knowsChild: Bool = true) -> (TaskHubHost) -> Void {
        { host in
            host.register(effect) { number, context in
                record.effects.add((number, context.executionID))
                return 10 * number
            }
            host.register(slow) { number in
                if isFirst { await record.never.pass() }
                return number
            }
            host.register(note) { text in
                record.notes.add(text)
                return text
            }
            host.register(waiting) { context in try await context.wait(for: go) }
            if knowsChild { host.register(child) { context, number in try await context.call(effect, number) } }
            // Calls children of these IDs one after the other.
            host.register(parent) { context, ids in
                // In one step with the first call, so that its message stays in the outbox as long as this runs.
                let last = context.start(slow, 100)
                var results: [Int] = []
                for (index, id) in ids.enumerated() {
                    do {
                        results.append(try await context.call(child, index + 1, id: id))
                    } catch let error as TaskFailure {
                        _ = try await context.call(note, error.details.type)
                    }
                }
                _ = try await context.call(note, "children ended")
                results.append(try await last.value)
                return results
            }
        }
    }

    private static func id(in partition: Int, _ name: String) throws -> String {
        try #require(
            (0...).lazy.map { "\(name)-\($0)" }
                .first { Partitioning.partition(of: $0, count: Cluster.partitions) == partition })
    }

    /// What becomes of a child before its call comes again.
    enum Fate: String, CaseIterable {
        case calledAgain, restartedByAnother, purged, purgedWithParent, refused, unknown
    }

    @Test("A call that comes again does not run its child again", arguments: Fate.allCases, [0, 1])
    func again(fate: Fate, partition: Int) async throws {
        try await Cluster.run { cluster in
            let record = Record()
            let client = cluster.client
            let parentID = try Self.id(in: 0, "parent")
            let childID = try Self.id(in: partition, "child")
            let isHeld = OneShot<Void>()
            let host = try await cluster.start(
                open: { partition, folder in HeldWatch(try Cluster.files(partition, folder), isHeld) },
                register: Self.register(record, isFirst: true, knowsChild: fate != .unknown))

            // 1 The child is called, and ends.
            var effects = [1]
            var results = [10]
            var notes = ["children ended"]
            if fate == .refused {
                _ = try await client.start(Self.waiting, (), id: childID)
                (effects, results, notes) = ([], [], ["InstanceExists", "children ended"])
            }
            if fate == .unknown { (effects, results, notes) = ([], [], ["UnknownOrchestration", "children ended"]) }
            if fate == .calledAgain { (effects, results) = ([1, 2], [10, 20]) }
            _ = try await client.start(
                Self.parent, fate == .calledAgain ? [childID, childID] : [childID], id: parentID)
            if fate == .unknown {
                // The time for which the call is kept begins when it has arrived.
                await isHeld.value
                try await host.pass(.seconds(31)) { record.notes.all.count == notes.count }
            }
            try await record.notes.wait(for: notes.count)
            #expect(record.notes.all == notes)

            // 2 Something becomes of it.
            switch fate {
            case .calledAgain, .unknown: break
            case .restartedByAnother:
                #expect(try await client.start(Self.child, 7, id: childID, ifExists: .restart).result() == 70)
                effects.append(7)
            case .purged: try await client.purge(childID)
            case .purgedWithParent:
                try await client.terminate(parentID)
                try await client.purge(parentID)
                while try await client.status(of: childID) != nil {}
            case .refused:
                try await client.raise(Self.go, true, to: childID)
                #expect(try await client.instance(of: Self.waiting, id: childID).result())
            }
            #expect(record.executed == effects)

            // 3 The host ends, and the next one sends again what was not safe: the slow activity's work item, and the call.
            host.running.cancel()
            try await host.log.wait(for: "The host is stopping")
            host.pass(.seconds(30))
            try await host.running.ended()
            let next = try await cluster.start(register: Self.register(record, isFirst: false))
            if fate != .purgedWithParent {
                #expect(try await client.instance(of: Self.parent, id: parentID).result() == results + [100])
            }
            // Answered behind the call, which came when the host began; then only activities can be under way.
            let status = try await client.status(of: childID)
            try await cluster.rest(next)
            #expect(record.executed == effects, "nothing ran again")
            #expect((status == nil) == [.purged, .purgedWithParent, .unknown].contains(fate))
            try await next.stop()
            record.never.open()
        }
    }
}

/// Tells when a commit with a held message is durable.
private final class HeldWatch: ForwardingStore {
    let store: any PartitionStore
    private let isHeld: OneShot<Void>

    init(_ store: any PartitionStore, _ isHeld: OneShot<Void>) {
        self.store = store
        self.isHeld = isHeld
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        let isOfHeld = !commit.held.isEmpty
        store.commit(commit) { [isHeld] result in
            completion(result)
            if isOfHeld { isHeld.set(()) }
        }
    }
}
