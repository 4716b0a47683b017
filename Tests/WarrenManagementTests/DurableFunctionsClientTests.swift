import Foundation
import HummingbirdTesting
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

/// The official clients of Durable Functions, as their users have them.
@Suite("Clients of Durable Functions", .timeLimit(.minutes(5)))
struct DurableFunctionsClientTests {
    private struct Order: Codable, Sendable, Equatable {
        var item: String
        var count: Int
        var tags: [String]
    }

    /// Whether the Python of the tests has the client. In CI it has.
    private static func isExpected() async throws -> Bool {
        if TestBroker.isCI { return true }
        return try await Program.run(Program.python, ["-c", "import azure.durable_functions"]).exitCode == 0
    }

    /// One orchestration that gives its input back, one that gives an event back.
    private static func register<Value: Codable & Sendable & Equatable>(
        _ kind: String, _ type: Value.Type, with hub: TestHub
    ) {
        hub.register(Orchestration<Value, Value>("Take\(kind)")) { _, input in input }
        let data = ExternalEvent<Value>("Data")
        hub.register(Orchestration<Void, Value>("Await\(kind)")) { context in try await context.wait(for: data) }
    }

    private static func register(with hub: TestHub) {
        register("Order", Order.self, with: hub)
        register("Numbers", [Int].self, with: hub)
        register("NoNumbers", [Int].self, with: hub)
        register("Number", Int.self, with: hub)
        register("Fraction", Double.self, with: hub)
        register("Truth", Bool.self, with: hub)
        register("Nested", [String: [String: [[Int]]]].self, with: hub)
        register("Text", String.self, with: hub)
        hub.register(Orchestration<Int?, Int>("TakeMaybe")) { _, input in input ?? -1 }
        hub.register(Orchestration<Void, Int>("AwaitMaybe")) { context in
            try await context.wait(for: ExternalEvent<Int?>("Data")) ?? -1
        }
        hub.register(Functions.failing) { _ in throw Functions.NoLuck() }
    }

    @Test(
        "azure-functions-durable 1.7.0: every call of its client over a socket",
        .enabled("Needs azure-functions-durable: run scripts/test.") { try await isExpected() })
    func python() async throws {
        let program = try #require(Bundle.module.path(forResource: "durable_functions_client", ofType: "py"))
        try await API.serving(over: .live, register: Self.register) { api, _ in
            let port = try #require(api.client.port)
            let result = try await Program.run(Program.python, [program, "http://localhost:\(port)", "test"])
            #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
            #expect(result.output.hasSuffix("all is as it should be\n"))
        }
    }

    @Test(
        "durable-functions for JavaScript sends an empty text for no input: it is none where the type has a way to say so"
    )
    func javaScript() async throws {
        struct Nothing: Codable, Sendable, Equatable {}
        try await API.serving { hub in
            hub.register(Orchestration<Void, String>("Void")) { _ in "ran" }
            hub.register(Orchestration<Int?, String>("Number")) { _, input in "\(input ?? -1)" }
            hub.register(Orchestration<[String]?, String>("List")) { _, input in "\(input ?? ["none"])" }
            hub.register(Orchestration<Nothing?, String>("Object")) { _, input in input == nil ? "none" : "some" }
            hub.register(Orchestration<Bool?, String>("Truth")) { _, input in "\(input ?? true)" }
        } _: { api, _ in
            for (name, output) in [
                ("Void", "ran"), ("Number", "-1"), ("List", "[\"none\"]"), ("Object", "none"), ("Truth", "true"),
            ] {
                let path = "\(API.base)/orchestrators/\(name)?timeout=20"
                let answer = try await api.postJSON(path, "\"\"")
                #expect(answer.status == 200, "\(name): \(answer.body)")
                #expect(try answer.json == .string(output), "\(name)")
                #expect(try await api.post(path).body == answer.body, "as without a body")
            }
        }
    }
}
