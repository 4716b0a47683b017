import InMemoryTracing
import TestSupport
import Testing
import Tracing
import Warren
import WarrenClient
import WarrenTestKit

@testable import WarrenHost

/// The spans of operations of entities.
@Suite("Traces of entities", .timeLimit(.minutes(2)))
struct EntityTracingTests {
    private static let account = Entity("Account", initial: 0)
    private static let deposit = account.operation("deposit", Int.self, returning: Int.self)
    private static let pays = Orchestration<Int, Int>("Pays")

    private struct Refused: Error {}

    private static func register(_ host: some FunctionRegistrar) {
        host.register(deposit) { balance, amount, context in
            guard amount > 0 else { throw Refused() }
            withSpan("inside") { _ in balance += amount }
            return balance
        }
        host.register(pays) { context, amount in
            let balance = try await context.call(deposit, amount, on: "a")
            do {
                _ = try await context.call(deposit, -1, on: "a")
            } catch is EntityFailure {
                return balance
            }
            return -1
        }
    }

    @Test("Each operation is a span below its caller, with its outcome; replays add none")
    func operations() async throws {
        let tracer = TestTracer()
        try await withTracer(tracer) {
            try await Cluster.run { cluster in
                let host = try await cluster.start(
                    configure: { $0.orchestrations.warmInstances = 0 }, register: Self.register)
                let instance = try await cluster.client.start(Self.pays, 5, id: "p")
                #expect(try await instance.result() == 5)
                try await cluster.client.signal(Self.deposit, 2, on: "b")
                try await cluster.rest(host)
                try await host.stop()
            }
        }
        #expect(
            tracer.tree == [
                "create_orchestration:Pays producer", "  orchestration:Pays server",
                "  orchestration_event:deposit producer", "    entity:account server", "      inside internal",
                "  orchestration_event:deposit producer", "    entity:account server failed",
                "entity:account server", "  inside internal",
            ])
        let spans = tracer.spans(named: "entity:account")
        #expect(spans.count == 3 && spans.allSatisfy { $0.kind == .server })
        #expect(tracer.memory.activeSpans.isEmpty)
        // The attributes are those of the table on the page Traces, and nothing of the caller or of the input.
        var found: Set<String> = []
        for span in spans { span.attributes.forEach { key, _ in found.insert(key) } }
        #expect(
            found == [
                "durabletask.type", "durabletask.task.name", "durabletask.task.instance_id",
                "durabletask.entity.operation", "durabletask.task.status",
            ])
    }
}
