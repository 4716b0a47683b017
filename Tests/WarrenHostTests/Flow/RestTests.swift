import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// When a test hub says that it is at rest.
@Suite("A test hub at rest", .timeLimit(.minutes(5)))
struct RestTests {
    private static let leaf = Orchestration<Int, Int>("Leaf")
    private static let tree = Orchestration<Int, Int>("Tree")

    @Test("Nothing is under way between its partitions, and every timer is known", arguments: [false, true])
    func rest(replaying: Bool) async throws {
        let options = TestHubOptions(partitionCount: 4, replaysEveryEpisode: replaying)
        try await withTaskHub(options) { hub in
            hub.register(Self.leaf) { context, number in
                try await context.sleep(for: .seconds(1))
                return number
            }
            hub.register(Self.tree) { context, depth in
                guard depth > 0 else { return try await context.call(Self.leaf, 1) }
                let halves = try await context.all([
                    context.start(Self.tree, depth - 1), context.start(Self.tree, depth - 1),
                ])
                return halves.reduce(0, +)
            }
            let client = try await hub.client
            for round in 0..<20 {
                let tree = try await client.start(Self.tree, 3, id: "tree-\(round)")
                await hub.rest()
                let waiting = try await client.list(InstanceQuery(name: "Leaf", statuses: [.running])).instances
                #expect(waiting.count == 8 && waiting.allSatisfy { $0.openTasks.count == 1 })
                let start = hub.now
                #expect(try await hub.result(of: tree) == 8)
                #expect(hub.now.timeIntervalSince(start) == 1)
            }
        }
    }
}
