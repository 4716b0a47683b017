#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenTestKit

/// What the JavaScript client of Durable Functions sends for no input, and its events without data: `""`.
@Suite("Management API: an empty string for nothing", .timeLimit(.minutes(5)))
struct EmptyStringTests {
    @Test(
        "A start and an event with an empty string work with every type that allows absence",
        arguments: [
            ("Nothing", "\"nothing\""), ("MaybeWhole", "null"), ("MaybeMaybeWhole", "null"), ("MaybeFraction", "null"),
            ("MaybeTruth", "null"), ("MaybeTexts", "null"), ("MaybeObject", "null"), ("MaybeMap", "null"),
            ("MaybeColor", "null"), ("MaybeDate", "null"), ("MaybeUUID", "null"), ("MaybeURL", "null"),
            ("MaybeDecimal", "null"), ("Lenient", "-1"),
            // An empty string is a value of these types.
            ("MaybeText", "\"\""), ("MaybeData", "\"\""), ("Text", "\"\""), ("Anything", "\"\""),
            ("MaybeAnything", "\"\""), ("Raw", "\"\""), ("MaybeRaw", "\"\""),
        ])
    func absence(kind: String, expected: String) async throws {
        try await API.serving(register: AnyKind.register) { api, hub async throws in
            let started = try await api.post(
                "/api/orchestrators/Input\(kind)?timeout=60", "\"\"", [.contentType: "application/json"])
            #expect(started.status == 200 && started.body == expected, "\(started.body)")
            #expect(try await api.post("/api/orchestrators/Event\(kind)/e", "\"\"").status == 202)
            #expect(try await api.postJSON("/instances/e/raiseEvent/Go", "\"\"").status == 202)
            await hub.rest()
            let raised = try await api.get("/instances/e")
            #expect(raised["runtimeStatus"] == "Completed")
            #expect(raised.body.contains("\"output\":\(expected),"), "\(raised.body)")
        }
    }

    @Test(
        "A type that allows no absence is told so in words of JSON",
        arguments: ["Whole", "Truth", "Texts", "Object"])
    func presence(kind: String) async throws {
        try await API.serving(register: AnyKind.register) { api, _ async throws in
            let answer = try await api.post("/api/orchestrators/Input\(kind)?timeout=60", "\"\"")
            #expect(answer["runtimeStatus"] == "Failed")
            let output = try #require(answer["output"]?.stringValue)
            #expect(output.hasPrefix("InvalidInput") && output.contains("got a string (\"\")"), "\(output)")
        }
    }
}
#endif
