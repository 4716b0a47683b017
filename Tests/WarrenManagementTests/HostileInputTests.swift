#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

@Suite("Management API: hostile input", .timeLimit(.minutes(5)))
struct HostileInputTests {
    @Test("Whatever is wrong is a 4xx that says what, never a 500")
    func clearErrors() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            let long = String(repeating: "x", count: 300)
            let cases: [(HTTPRequest.Method, String, String?, Int)] = [
                (.post, "/api/orchestrators/Hello", "{\"a\":", 400),
                (.post, "/api/orchestrators/Hello", String(repeating: "[", count: 100_000), 400),
                (.post, "/api/orchestrators/Hello", "\u{0}", 400),
                (.post, "/api/orchestrators/Helo", "", 400),
                (.post, "/api/orchestrators/9lives", "", 400),
                (.post, "/api/orchestrators/Hello/%2Fetc", "", 400),
                (.post, "/api/orchestrators/Hello/a%23b", "", 400),
                (.post, "/api/orchestrators/Hello/@entity", "", 400),
                (.post, "/api/orchestrators/Hello/%0A", "", 400),
                (.post, "/api/orchestrators/Hello/\(long)", "", 400),
                (.post, "/api/orchestrators/Hello/%zz", "", 400),
                (.post, "/api/orchestrators/Hello/%f", "", 400),
                (.post, "/api/orchestrators/Hello/%ff%fe", "", 400),
                (.post, "/api/orchestrators/Hello?timeout=%", "", 400),
                (.post, "/api/orchestrators/Hello?taskHub=another", "", 400),
                (.post, "/api/orchestrators/Hello?timeout=1e400", "", 202),
                (.post, "/api/orchestrators/Hello?timeout=1e300&pollingInterval=2e300", "", 400),
                (.post, "/api/orchestrators/Hello?taskHub=TEST&code=&=&&a", "", 202),
                (.get, "/instances/%2F", nil, 400),
                (.get, "/instances/\(long)", nil, 400),
                (.get, "/instances/w%00", nil, 400),
                (.delete, "/instances/a*b", nil, 400),
                (.post, "/instances/w/raiseEvent/no%07name", "true", 400),
                (.post, "/instances/w/raiseEvent/\(long)", "true", 400),
            ]
            for (method, path, body, status) in cases {
                let answer = try await api.ask(method, path, body, [.contentType: "application/json"])
                #expect(answer.status == status, "\(method) \(path.prefix(100)): \(answer.body)")
                if status == 400 { #expect(answer["Message"] != nil, "\(path.prefix(100)): \(answer.body)") }
            }
            #expect(try await api.get("/instances/w").status == 202)
        }
    }

    @Test("An unknown function is told at once, with the names that there are")
    func unknownFunction() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            let answer = try await api.post("/api/orchestrators/Helo")
            #expect(answer["ExceptionMessage"]?.stringValue?.contains("Hello") == true)
        }
    }

    @Test("A body above the bound is 413", arguments: [false, true])
    func largeBody(overSocket: Bool) async throws {
        var options = ManagementOptions()
        options.maximumBodyBytes = 1000
        try await API.serving(options, over: overSocket ? .socket : .router, register: Functions.register) { api, _ in
            let fits = "\"" + String(repeating: "x", count: 998) + "\""
            #expect(try await api.post("/api/orchestrators/Hello", fits).status == 202)
            #expect(try await api.post("/api/orchestrators/Hello", fits + " ").status == 413)
            _ = try await api.post("/api/orchestrators/Waiting/w")
            #expect(try await api.postJSON("/instances/w/raiseEvent/Go", fits + " ").status == 413)
        }
    }
}
#endif
