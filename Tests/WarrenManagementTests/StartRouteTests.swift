#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenManagement
import WarrenTestKit

@Suite("Management API: starting", .timeLimit(.minutes(5)))
struct StartRouteTests {
    @Test("A start answers 202 with every URL there is, where to look, and when", arguments: [false, true])
    func checkStatus(overSocket: Bool) async throws {
        try await API.serving(over: overSocket ? .socket : .router, register: Functions.register) { api, _ in
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

    @Test("A start belongs to the trace of its request, and one with a trace in another form to none")
    func trace() async throws {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let (field, state) = (HTTPFields.Element.Name("traceparent")!, HTTPFields.Element.Name("tracestate")!)
        try await API.serving(register: Functions.register) { api, hub in
            for (id, traceparent, shown) in [("1", parent, true), ("2", "00-1-2-01", false)] {
                let headers: HTTPFields = [field: traceparent, state: "vendor=1"]
                #expect(try await api.post("/api/orchestrators/Hello/\(id)", "7", headers).status == 202)
                await hub.rest()
                let status = try await hub.client.status(of: id, includeHistory: true)
                let started = try #require(status?.history?.first { $0.json.contains("ExecutionStarted") })
                #expect(started.json.contains("\"traceparent\":\"\(parent)\",\"tracestate\":\"vendor=1\"") == shown)
            }
        }
    }

    @Test("GET starts nothing, unless it is allowed to, and then under /api only")
    func get() async throws {
        try await API.serving(register: Functions.register) { api, hub async throws in
            for path in ["/api/orchestrators/Hello", "/api/orchestrators/Hello/one", "/API/Orchestrators/hello"] {
                #expect(try await api.get(path).status == 404)
            }
            await hub.rest()
            #expect(try await api.get("/instances").body == "[]")
        }
        var options = ManagementOptions()
        options.allowsStartByGet = true
        try await API.serving(options, register: Functions.register) { api, _ async throws in
            #expect(try await api.get("/api/orchestrators/Hello?code=secret").status == 202)
            #expect(try await api.get("/orchestrators/Hello").status == 404)
            // What a picture's address in another's page leads to.
            let site = HTTPFields.Element.Name("Sec-Fetch-Site")!
            #expect(try await api.get("/api/orchestrators/Hello", [site: "cross-site"]).status == 403)
            #expect(try await api.get("/api/orchestrators/Hello", [site: "same-origin"]).status == 202)
        }
    }

    @Test("A function's name and the fixed parts of a path are compared without regard to case")
    func anyCase() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            for path in [
                "/api/orchestrators/hELLO/1", "/API/ORCHESTRATORS/Hello/2",
                "/Runtime/WebHooks/DurableTask/Orchestrators/HELLO/3",
                "/admin/extensions/DurableTaskExtension/orchestrators/hello/4",
                "/ADMIN/Extensions/durabletaskextension/orchestrators/Hello/5",
            ] {
                #expect(try await api.ask(.post, path, "7", [:]).status == 202, "\(path)")
            }
            await hub.rest()
            for number in 1...5 {
                let status = try await api.ask(
                    .get, "/RUNTIME/webhooks/DURABLETASK/Instances/\(number)", nil, [:])
                #expect(status["name"] == "Hello", "the name as it is registered")
                #expect(status["output"] == 7)
            }
            #expect(try await api.get("/INSTANCES/1/nothing").status == 404)
            #expect(
                try await api.ask(.post, "/api/orchestrators/Helo", "", [:])["ExceptionMessage"]?.stringValue?
                    .contains("Registered: ") == true)
        }
    }

    @Test("Names that differ in case only are told apart where they are written so, and refused where they are not")
    func similarNames() async throws {
        let same = Orchestration<Void, String>("Same")
        let other = Orchestration<Void, String>("SAME")
        try await API.serving { hub in
            hub.register(same) { _ in "Same" }
            hub.register(other) { _ in "SAME" }
        } _: { api, _ in
            #expect(try await api.post("/api/orchestrators/Same?timeout=20").body == "\"Same\"")
            #expect(try await api.post("/api/orchestrators/SAME?timeout=20").body == "\"SAME\"")
            let refused = try await api.post("/api/orchestrators/same")
            #expect(refused.status == 400)
            #expect(refused["ExceptionMessage"]?.stringValue?.contains("may be any of SAME, Same") == true)
        }
    }

    @Test(
        "An instance begins with the version that its start names; one that cannot be is refused, an empty one is none")
    func version() async throws {
        let flow = Orchestration<Void, String>("Versioned")
        try await API.serving(register: { host in
            host.register(flow) { context in context.version ?? "none" }
            host.register(flow, version: "2.0") { context in "2.0 for \(context.version ?? "none")" }
        }) { api, hub in
            for base in ["/api", API.base] {
                let refused = try await api.post("\(base)/orchestrators/Versioned?Version=2%200")
                #expect(refused.status == 400)
                #expect(refused["ExceptionMessage"]?.stringValue?.contains("'2 0' cannot be a version") == true)
                #expect(try await api.post("\(base)/orchestrators/Versioned/n?version=").status == 202)
                #expect(try await api.post("\(base)/orchestrators/Versioned/v?version=2").status == 202)
                await hub.rest()
                let newest = try await api.get("/instances/n").json
                #expect(newest["output"] == "2.0 for 2.0")
                #expect(newest["version"] == "2.0")
                #expect(try await api.get("/instances/v").json["output"] == "2.0 for 2")
            }
            #expect(try await api.get("/instances").json[2] == nil, "nothing was started under a bad version")
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
#endif
