#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenTestKit

@Suite("Management API: steering", .timeLimit(.minutes(5)))
struct ControlRouteTests {
    @Test("An event: 404 and 410 come before the content type, and that before the JSON")
    func raiseEvent() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            #expect(try await api.post("/instances/nobody/raiseEvent/Go", "{").status == 404)
            _ = try await api.post("/api/orchestrators/Hello/ended")
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            #expect(try await api.post("/instances/ended/raiseEvent/Go", "{").status == 410)
            let text = try await api.post("/instances/w/raiseEvent/Go", "{", [.contentType: "text/plain"])
            #expect(text.status == 400)
            #expect(text["Message"] == "Only application/json request content is supported")
            for body in ["{", "", "tru", "[1] 2"] {
                let broken = try await api.postJSON("/instances/w/raiseEvent/Go", body)
                #expect(broken.status == 400)
                #expect(broken["Message"] == "Invalid JSON content")
            }
            let good = try await api.post(
                "/instances/w/RAISEEVENT/Go", "true", [.contentType: "application/json; charset=utf-8"])
            #expect(good.status == 202)
            await hub.rest()
            #expect(try await api.get("/instances/w")["output"] == true)
            #expect(try await api.postJSON("/instances/w/raiseEvent/Go", "true").status == 410)
        }
    }

    @Test("A termination's reason is the output, as text")
    func terminate() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            let answer = try await api.post("/instances/w/TERMINATE?reason=no+more%20%22tea%22")
            #expect(answer.status == 202)
            #expect(answer.body == "")
            await hub.rest()
            let status = try await api.get("/instances/w")
            #expect(status.status == 200)
            #expect(status["runtimeStatus"] == "Terminated")
            #expect(status["output"] == "no more \"tea\"")
            for operation in ["terminate", "suspend", "resume"] {
                #expect(try await api.post("/instances/w/\(operation)").status == 410)
                #expect(try await api.post("/instances/nobody/\(operation)").status == 404)
            }
        }
    }

    @Test("Suspending twice, or resuming what is not suspended, is 409 and says why")
    func suspend() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            let early = try await api.post("/instances/w/resume")
            #expect(early.status == 409)
            #expect(early["Message"] == "The instance 'w' is Running, not Suspended.")
            #expect(try await api.post("/instances/w/suspend?reason=look").status == 202)
            await hub.rest()
            #expect(try await api.get("/instances/w")["runtimeStatus"] == "Suspended")
            #expect(try await api.get("/instances/w").status == 202)
            #expect(try await api.post("/instances/w/suspend").status == 409)
            #expect(try await api.post("/instances/w/resume").status == 202)
            await hub.rest()
            #expect(try await api.get("/instances/w")["runtimeStatus"] == "Running")
        }
    }

    @Test("A restart runs the same input again, as a new instance or under the same ID")
    func restart() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Hello/h", "\"x\"")
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            let new = try await api.post("/instances/h/restart")
            #expect(new.status == 202)
            let id = try #require(new["id"]?.stringValue)
            #expect(id != "h")
            await hub.rest()
            #expect(try await api.get("/instances/\(id)")["output"] == "x")
            let same = try await api.post("/instances/h/restart?restartWithNewInstanceId=false&timeout=20")
            #expect(same.status == 200)
            #expect(try same.json == "x")
            #expect(try await api.post("/instances/w/restart?restartWithNewInstanceId=false").status == 409)
            #expect(try await api.post("/instances/nobody/restart").status == 400)
        }
    }

    @Test("A rewind runs what failed again; it is 404, 410 or 412 where nothing failed")
    func rewind() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Hello/h")
            _ = try await api.post("/api/orchestrators/Failing/f")
            await hub.rest()
            #expect(try await api.post("/instances/nobody/rewind").status == 404)
            _ = try await api.post("/api/orchestrators/Waiting/t")
            _ = try await api.post("/api/orchestrators/Waiting/w")
            _ = try await api.post("/instances/t/terminate")
            await hub.rest()
            for ended in ["h", "t"] {
                #expect(
                    try await api.post("/instances/\(ended)/rewind").status == 410, "\(ended) has ended, and not failed"
                )
            }
            #expect(try await api.post("/instances/w/rewind").status == 412)
            #expect(try await api.post("/instances/f/rewind?reason=again").status == 202)
            await hub.rest()
            let events = try await api.get("/instances/f?showHistory=true")["historyEvents"]
            guard case .array(let rows)? = events else {
                Issue.record("There is no history: \(String(describing: events))")
                return
            }
            let rewound = try #require(rows.first { $0["EventType"] == "ExecutionRewound" })
            #expect(rewound["Reason"] == "again" && rewound["InstanceId"] == "f")
        }
    }

    @Test("A wrong method or operation is 404, never 405")
    func wrongVerb() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            for (method, path) in [
                (HTTPRequest.Method.put, "/instances/w"), (.post, "/instances/w"), (.get, "/instances/w/terminate"),
                (.get, "/instances/w/raiseEvent/Go"), (.delete, "/orchestrators/Hello"), (.post, "/instances"),
                (.post, "/instances/w/explode"), (.post, "/instances/w/raiseEvent"),
                (.post, "/instances/w/terminate/now"), (.get, "/entities/a/b"),
            ] {
                #expect(
                    try await api.ask(method, path, method == .get ? nil : "", [:]).status == 404, "\(method) \(path)")
            }
        }
    }
}
#endif
