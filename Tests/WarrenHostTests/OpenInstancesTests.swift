import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost

/// A program that cannot run what is under way: an older version, or one with a line forgotten.
@Suite("Instances that a host cannot run", .timeLimit(.minutes(5)))
struct OpenInstancesTests {
    private static let go = ExternalEvent<Int>("Go")
    private static let waiting = Orchestration<Void, Int>("Waiting")
    private static let other = Orchestration<Void, Int>("Other")

    private func start(_ cluster: Cluster, retired: Set<String> = [], knowsBoth: Bool) async throws -> Cluster.Node {
        try await cluster.start(configure: { $0.orchestrations.retired = retired }) { host in
            if knowsBoth { host.register(Self.waiting) { context in try await context.wait(for: Self.go) } }
            host.register(Self.other) { context in try await context.wait(for: Self.go) }
        }
    }

    @Test("A host does not start without the orchestrations of open instances, and the right one finds them unharmed")
    func refused() async throws {
        try await Cluster.run { cluster in
            var node = try await start(cluster, knowsBoth: true)
            for id in ["a", "b", "done"] { _ = try await cluster.client.start(Self.waiting, (), id: id) }
            _ = try await cluster.client.start(Self.other, (), id: "c")
            try await cluster.client.raise(Self.go, 1, to: "done")
            #expect(try await cluster.client.output(of: "done").json == "1")
            try await node.stop()

            let error = await #expect(throws: HostError.self) { _ = try await start(cluster, knowsBoth: false) }
            #expect(error?.code == .registration)
            #expect(error?.message.contains("2 of 'Waiting'. Register") == true, "\(String(describing: error))")

            node = try await start(cluster, knowsBoth: true)
            try await cluster.client.raise(Self.go, 2, to: "a")
            #expect(try await cluster.client.output(of: "a").json == "2")
            try await node.stop()
        }
    }

    @Test("What is retired fails at its next event, and the rest goes on")
    func retired() async throws {
        try await Cluster.run { cluster in
            var node = try await start(cluster, knowsBoth: true)
            _ = try await cluster.client.start(Self.waiting, (), id: "a")
            _ = try await cluster.client.start(Self.other, (), id: "c")
            try await node.stop()

            node = try await start(cluster, retired: ["Waiting"], knowsBoth: false)
            try await cluster.client.raise(Self.go, 2, to: "a")
            try await cluster.client.raise(Self.go, 3, to: "c")
            #expect(try await cluster.client.output(of: "c").json == "3")
            try await cluster.rest(node)
            let status = try #require(try await cluster.client.status(of: "a"))
            #expect(status.runtimeStatus == .failed && status.failure?.type == "OrchestrationNotRegistered")
            try await node.stop()
        }
    }
}
