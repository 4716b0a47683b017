import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenStorage

@testable import WarrenHost

/// A store whose reads have to be waited for, as one behind a network has.
@Suite("Reads that come later", .timeLimit(.minutes(5)))
struct LateReadsTests {
    private static let approved = ExternalEvent<Int>("Approved")
    private static let double = Activity<Int, Int>("Double")
    private static let order = Orchestration<Int, Int>("Order")
    private static let parent = Orchestration<[String], Int>("Parent")

    @Test("Everything goes as ever, with nothing kept in memory, and nothing is read in another way")
    func everything() async throws {
        let count = LateCount()
        func register(_ host: TaskHubHost) {
            host.register(Self.double) { number, _ in number * 2 }
            host.register(Self.order) { context, number in
                let doubled = try await context.call(Self.double, number)
                guard let bonus = try await context.wait(for: Self.approved, timeout: .seconds(3600)) else { return -1 }
                return doubled + bonus
            }
            host.register(Self.parent) { context, ids in
                var sum = 0
                for id in ids { sum += try await context.call(Self.order, 10, id: id) }
                return sum
            }
        }
        try await Cluster.run { cluster in
            let host = try await cluster.start(
                configure: { $0.orchestrations.warmInstances = 0 },
                open: { partition, folder in LateStore(try Cluster.files(partition, folder), count) },
                register: register)
            let client = cluster.client
            let instances = try await (0..<20).asyncMap { try await client.start(Self.order, $0, id: "o\($0)") }
            let parent = try await client.start(Self.parent, ["c0", "c1"], id: "parent")
            for instance in instances { try await client.raise(Self.approved, 1, to: instance.id) }
            for (number, instance) in instances.enumerated() {
                #expect(try await instance.result() == number * 2 + 1)
            }
            for child in ["c0", "c1"] {
                try await client.raise(Self.approved, 5, to: child)
            }
            #expect(try await parent.result() == 50)
            #expect(try await client.purge(matching: InstanceQuery(name: "Order")) > 0)
            try await cluster.rest(host)
            #expect(count.late > 100)
            try await host.stop()
        }
    }
}

private final class LateCount: Sendable {
    private let count = Mutex(0)
    var late: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

/// Has no answer at once, ever.
private final class LateStore: ForwardingStore {
    let store: any PartitionStore
    private let count: LateCount

    init(_ store: any PartitionStore, _ count: LateCount) {
        self.store = store
        self.count = count
    }

    func readNow(_ request: ReadRequest) throws -> ReadAnswer? { nil }

    func read(_ request: ReadRequest) async throws -> ReadAnswer {
        count.add()
        // Whatever else is to run meanwhile.
        for _ in 0..<3 { await Task.yield() }
        return try store.answer(to: request)
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
