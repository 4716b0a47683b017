import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

@Suite("Management API: starting", .timeLimit(.minutes(5)))
struct StartRouteTests {
    @Test("A start answers 202 with every URL there is, where to look, and when", arguments: [false, true])
    func checkStatus(overSocket: Bool) async throws {
        try await API.serving(over: overSocket ? .live : .router, register: Functions.register) { api, _ in
            let answer = try await api.post("/api/orchestrators/Waiting/order%2042")
            #expect(answer.status == 202)
            #expect(answer.headers[.retryAfter] == "10")
            #expect(answer.headers[.location] == answer["statusQueryGetUri"]?.stringValue)
            let base = "http://localhost\(API.base)/instances/order%2042"
            let expected = [
                "id": "order 42", "statusQueryGetUri": "\(base)?taskHub=test",
                "sendEventPostUri": "\(base)/raiseEvent/{eventName}?taskHub=test",
                "terminatePostUri": "\(base)/terminate?reason={text}&taskHub=test",
                "purgeHistoryDeleteUri": "\(base)?taskHub=test",
                "rewindPostUri": "\(base)/rewind?reason={text}&taskHub=test",
                "restartPostUri": "\(base)/restart?taskHub=test",
                "suspendPostUri": "\(base)/suspend?reason={text}&taskHub=test",
                "resumePostUri": "\(base)/resume?reason={text}&taskHub=test",
            ]
            #expect(try answer.json == .object(expected.mapValues { .string($0) }))
            // The URL leads there.
            let status = try await api.get("\(API.base)/instances/order%2042?taskHub=test")
            #expect(status["instanceId"] == "order 42")
        }
    }

    @Test("Every start route takes the body as input, and none as null", arguments: ["/api", API.base])
    func input(base: String) async throws {
        try await API.serving(register: Functions.register) { api, hub in
            for body in [#"{"a":[1,2.5]}"#, "\"text\"", "7", ""] {
                let started = try await api.post("\(base)/orchestrators/Hello", body)
                #expect(started.status == 202)
                await hub.rest()
                let id = try #require(started["id"]?.stringValue)
                let status = try await api.get("/instances/\(id)")
                #expect(status.status == 200)
                #expect(status.body.contains("\"input\":\(body.isEmpty ? "null" : body),"))
            }
        }
    }

    @Test("GET starts as well, under /api only")
    func get() async throws {
        try await API.serving(register: Functions.register) { api, _ async throws in
            #expect(try await api.get("/api/orchestrators/Hello?code=secret").status == 202)
            #expect(try await api.get("/orchestrators/Hello").status == 404)
        }
    }

    @Test("A second start of an ID that runs is 409; one that has ended starts anew")
    func duplicate() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            #expect(try await api.post("/api/orchestrators/Waiting/one").status == 202)
            let again = try await api.post("/api/orchestrators/Waiting/one")
            #expect(again.status == 409)
            #expect(again["ExceptionType"] == "instance-exists")
            #expect(try await api.postJSON("/instances/one/raiseEvent/Go", "true").status == 202)
            await hub.rest()
            #expect(try await api.get("/instances/one").status == 200)
            #expect(try await api.post("/api/orchestrators/Waiting/one").status == 202)
            #expect(try await api.get("/instances/one").status == 202)
        }
    }

    @Test("Who waits gets the output itself, the status of what did not complete, or 202 when the time is up")
    func wait() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            let done = try await api.post("/api/orchestrators/Hello?timeout=20&pollingInterval=1", "[1, 2]")
            #expect(done.status == 200)
            #expect(try done.json == [1, 2])
            let failed = try await api.post("/api/orchestrators/Failing?TIMEOUT=20")
            #expect(failed.status == 200)
            #expect(failed["runtimeStatus"] == "Failed")
            let loud = try await api.post(
                "/api/orchestrators/Failing?timeout=20&returnInternalServerErrorOnFailure=true")
            #expect(loud.status == 500)
            let late = try await api.post("/api/orchestrators/Waiting?timeout=0.01")
            #expect(late.status == 202)
            #expect(late["statusQueryGetUri"] != nil)
            for query in ["timeout=1&pollingInterval=2", "timeout=-1", "timeout=1&pollingInterval=-2"] {
                #expect(try await api.post("/api/orchestrators/Hello?\(query)").status == 400)
            }
            // What is no number is ignored, as is infinity.
            #expect(try await api.post("/api/orchestrators/Hello?timeout=soon&pollingInterval=inf").status == 202)
        }
    }

    @Test("The status URL asks for loud failures if the start did")
    func loudURL() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            let answer = try await api.post("/api/orchestrators/Hello?returnInternalServerErrorOnFailure=TRUE")
            let url = try #require(answer["statusQueryGetUri"]?.stringValue)
            #expect(url.hasSuffix("?taskHub=test&returnInternalServerErrorOnFailure=true"))
        }
    }

    @Test("URLs follow a proxy's headers only where that is configured")
    func forwarded() async throws {
        let proxy: HTTPFields = [
            .init("X-Forwarded-Host")!: "api.example.com, inner", .init("X-Forwarded-Proto")!: "https",
        ]
        var options = ManagementOptions()
        try await API.serving(options, register: Functions.register) { api, _ in
            let answer = try await api.post("/api/orchestrators/Hello", "", proxy)
            #expect(answer.headers[.location]?.hasPrefix("http://localhost/runtime") == true)
        }
        options.useForwardedHost = true
        try await API.serving(options, register: Functions.register) { api, _ in
            let answer = try await api.post("/api/orchestrators/Hello", "", proxy)
            #expect(answer.headers[.location]?.hasPrefix("https://api.example.com/runtime") == true)
            let bad = try await api.post(
                "/api/orchestrators/Hello", "", [.init("X-Forwarded-Host")!: "evil/\"><script>"])
            #expect(bad.status == 400)
        }
    }
}
