#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenHost

/// What a host's answer has no room for.
@Suite("Management API: what is left out", .timeLimit(.minutes(5)))
struct OmittedTests {
    private static let small = Orchestration<String, Int>("Small")

    @Test("It is named in a status, in a listing and in a history, and a restart has its input all the same")
    func named() async throws {
        try await ServedHub.running(configure: { $0.messages.maximumSize = 64 << 10 }) { host in
            host.register(Self.small) { _, text in text.utf8.count }
        } _: { hub async throws in
            let api = hub.api
            let large = "\"\(String(repeating: "x", count: 40_000))\""
            for (id, input) in [("large", large), ("little", "\"x\"")] {
                #expect(try await api.post("/api/orchestrators/Small/\(id)?timeout=60", input).status == 200)
            }
            let status = try await api.get("/instances/large")
            #expect(status["input"] == JSONValue.null && status["output"] == 40_000)
            #expect(status["omitted"] == ["input"])
            #expect(try await api.get("/instances/large?showInput=false")["omitted"] == nil, "it is not asked for")
            #expect(try await api.get("/instances/little")["omitted"] == nil)

            let history = try await api.get("/instances/large?showHistory=true")
            #expect(history["omitted"] == ["historyEvents", "input"])
            #expect(history["historyEvents"]?[0]?["Input"]?.stringValue?.hasPrefix("(left out: ") == true)

            let list = try await api.get("/instances?instanceIdPrefix=l")
            guard case .array(let rows) = try list.json else {
                Issue.record("no list: \(list.body)")
                return
            }
            #expect(rows.count == 2)
            for row in rows {
                #expect(row["omitted"] == (row["instanceId"] == "large" ? ["input"] : nil))
            }

            let again = try await api.post("/instances/large/restart?timeout=60")
            #expect(again.status == 200 && again.body == "40000", "\(again.body)")
            #expect(try await api.post("/instances/little/restart?timeout=60").status == 200)
            #expect(try await hub.deadLetters == 0)
        }
    }
}
#endif
