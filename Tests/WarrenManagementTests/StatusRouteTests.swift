#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenTestKit

@Suite("Management API: showing", .timeLimit(.minutes(5)))
struct StatusRouteTests {
    @Test("A status has eight members, times to the second with Z, and where and when to look again")
    func running() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            let answer = try await api.get("/instances/w?showInput=true")
            #expect(answer.status == 202)
            #expect(answer.headers[.retryAfter] == "5")
            #expect(answer.headers[.location] == "http://localhost\(API.base)/instances/w?showInput=true")
            #expect(answer.headers[.contentType]?.hasPrefix("application/json") == true)
            let noon = "2030-01-01T12:00:00Z"
            #expect(
                answer.body
                    == #"{"name":"Waiting","instanceId":"w","runtimeStatus":"Running","input":null,"#
                    + #""customStatus":"waiting","output":null,"createdTime":"\#(noon)","lastUpdatedTime":"\#(noon)"}"#)
        }
    }

    @Test("An ended instance is 200 without Location and Retry-After, a failed one too unless 500 is asked for")
    func ended() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Hello/h", "\"x\"")
            _ = try await api.post("/api/orchestrators/Failing/f")
            await hub.rest()
            let done = try await api.get("/instances/h")
            #expect(done.status == 200)
            #expect(done.headers[.retryAfter] == nil && done.headers[.location] == nil)
            #expect(done["output"] == "x")
            #expect(try await api.get("/instances/h?SHOWINPUT=False")["input"] == JSONValue.null)
            let failed = try await api.get("/instances/f")
            #expect(failed.status == 200)
            #expect(failed["runtimeStatus"] == "Failed")
            #expect(failed["output"]?.stringValue?.contains("NoLuck") == true)
            let loud = try await api.get("/instances/f?returnInternalServerErrorOnFailure=true")
            #expect(loud.status == 500)
            #expect(try loud.json == failed.json)
            #expect(try await api.get("/instances/nobody").status == 404)
        }
    }

    @Test("A status has a tag, and a caller that sends it gets 304 until something changes")
    func tags() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            _ = try await api.post("/api/orchestrators/Failing/f")
            await hub.rest()
            let open = try await api.get("/instances/w")
            let tag = try #require(open.headers[.eTag])
            let same = try await api.get("/instances/w", [.ifNoneMatch: "\"other\", W/\(tag)"])
            #expect(same.status == 304 && same.body.isEmpty && same.headers[.eTag] == tag)
            // Another representation has another tag.
            #expect(try await api.get("/instances/w?showHistory=true").headers[.eTag] != tag)
            _ = try await api.post("/instances/w/suspend?reason=x")
            await hub.rest()
            let changed = try await api.get("/instances/w", [.ifNoneMatch: tag])
            #expect(changed.status == 202 && changed["runtimeStatus"] == "Suspended")
            // A failure that was asked for as 500 is one, however often.
            let loud = "/instances/f?returnInternalServerErrorOnFailure=true"
            #expect(try await api.get(loud, [.ifNoneMatch: "*"]).status == 500)
            #expect(try await api.get("/instances/f", [.ifNoneMatch: "*"]).status == 304)
        }
    }

    @Test("An orchestrator that returned runs until its open timer is over; a wait for an event does not count")
    func completionRule() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Sleeping/s")
            await hub.rest()
            #expect(try await api.get("/instances/s").status == 202)
            try await hub.advance(by: .hours(1))
            #expect(try await api.get("/instances/s").status == 200)
        }
    }

    @Test("A history hides the brackets, folds calls into their answers, and shows results on request")
    func history() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/HelloCities/c")
            await hub.rest()
            #expect(try await api.get("/instances/c")["historyEvents"] == nil)
            let plain = try await api.get("/instances/c?showHistory=true")
            guard case .array(let rows)? = plain["historyEvents"] else {
                Issue.record("no history: \(plain.body)")
                return
            }
            #expect(
                rows.map { $0["EventType"]?.stringValue ?? "" }
                    == ["ExecutionStarted", "TaskCompleted", "TaskCompleted", "TaskCompleted", "ExecutionCompleted"])
            try #require(rows.count == 5)
            #expect(rows[0]["FunctionName"] == "HelloCities")
            #expect(rows[1]["FunctionName"] == "SayHello")
            #expect(rows[1]["ScheduledTime"] == "2030-01-01T12:00:00.0000000Z")
            #expect(rows[1]["Timestamp"] == "2030-01-01T12:00:00.0000000Z")
            #expect(rows[1]["Result"] == nil)
            #expect(rows[4]["OrchestrationStatus"] == "Completed")
            let full = try await api.get("/instances/c?showHistory=true&showHistoryOutput=true&showInput=false")
            #expect(full["historyEvents"]?[1]?["Result"] == "Hello Tokyo!")
            #expect(full["historyEvents"]?[0]?["Input"] == nil)
        }
    }

    @Test("A history is that of the present generation, pending calls stay, timers are not folded")
    func generation() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Counting/n", "5")
            _ = try await api.post("/api/orchestrators/Sleeping/s")
            await hub.rest()
            let counted = try await api.get("/instances/n?showHistory=true")
            guard case .array(let rows)? = counted["historyEvents"] else {
                Issue.record("no history: \(counted.body)")
                return
            }
            try #require(rows.count == 2)
            #expect(rows[0]["Input"] == 0)
            try await hub.advance(by: .hours(1))
            let slept = try await api.get("/instances/s?showHistory=true")
            guard case .array(let events)? = slept["historyEvents"] else {
                Issue.record("no history: \(slept.body)")
                return
            }
            #expect(
                events.compactMap { $0["EventType"]?.stringValue }
                    == ["ExecutionStarted", "TimerCreated", "TimerFired", "ExecutionCompleted"])
            try #require(events.count == 4)
            #expect(events[1]["FireAt"] == "2030-01-01T13:00:00.0000000Z")
            #expect(events[2]["Timestamp"] == "2030-01-01T13:00:00.0000000Z")
        }
    }

    @Test("A listing filters, ignores what it does not understand, and goes on with its token")
    func list() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            for number in 1...5 { _ = try await api.post("/api/orchestrators/Hello/h\(number)") }
            _ = try await api.post("/api/orchestrators/Waiting/w1")
            await hub.rest()
            func ids(_ answer: Answer) throws -> [String] {
                guard case .array(let rows) = try answer.json else { return [] }
                return rows.compactMap { $0["instanceId"]?.stringValue }
            }
            #expect(try ids(await api.get("/instances")).count == 6)
            #expect(try ids(await api.get("/instances/?runtimeStatus=Running")) == ["w1"])
            #expect(try ids(await api.get("/instances?RuntimeStatus=0,6")) == ["w1"])
            #expect(try ids(await api.get("/instances?runtimeStatus=completed&runtimeStatus=Failed")).count == 5)
            #expect(try ids(await api.get("/instances?runtimeStatus=Nonsense&createdTimeFrom=soon")).count == 6)
            #expect(try ids(await api.get("/instances?INSTANCEIDPREFIX=w")) == ["w1"])
            #expect(try ids(await api.get("/instances?createdTimeTo=2029-12-31")) == [])
            #expect(try ids(await api.get("/instances?createdTimeFrom=2030-01-01T12:00Z")).count == 6)

            let name = HTTPFields.Element.Name("x-ms-continuation-token")!
            var found: [String] = []
            var token: String? = ""
            while let sent = token {
                let page = try await api.get("/instances?top=4", sent.isEmpty ? [:] : [name: sent])
                #expect(page.status == 200)
                found += try ids(page)
                token = page.headers[name]
            }
            #expect(found.count == 6 && Set(found).count == 6)
            #expect(try await api.get("/instances", [name: "%%%"]).status == 400)
        }
    }
}
#endif
