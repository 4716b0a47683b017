#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import WarrenManagement

@Suite("HTTP API: schedules", .timeLimit(.minutes(2)))
struct ScheduleOperationTests {
    @Test("A schedule is created, listed, shown, steered, updated and deleted")
    func whole() async throws {
        try await APIBench.running { bench in
            let start =
                #"{"id":"night ly","orchestration":"Hello","input":"x","cron":"30 2 * * *","timeZone":"Europe/Berlin"}"#
            let created = try await bench.post("/schedules", start)
            #expect(created.status == 201 && created["id"] == "night ly", "\(created.body)")
            let path = "/schedules/night%20ly"
            try await untilSeen("the first due time") { try await bench.get(path)["next"]?.stringValue != nil }
            let again = try await bench.post("/schedules", start)
            #expect(again.status == 409 && again["field"] == "id")
            let listed = try await bench.get("/schedules")["schedules"]?[0]
            #expect(listed?["id"] == "night ly" && listed?["schedule"]?["cron"] == "30 2 * * *")
            // What a page for people lists.
            let instance = try await bench.get("/instances?name=BuiltIn::Schedule")["instances"]?[0]
            #expect(instance?["instanceId"] == "schedule:night ly" && instance?["customStatus"]?["next"] != nil)
            #expect(listed?["paused"] == false && listed?["ended"] == false && listed?["runs"] == 0)

            #expect(try await bench.post("\(path)/trigger").status == 204)
            try await untilSeen("the run's end") {
                try await bench.get("/instances/night%20ly:manual-1?wait=30")["runtimeStatus"] == "Completed"
            }
            let runs = try await bench.get("\(path)/runs?limit=5")
            #expect(runs["instances"]?[0]?["instanceId"] == "night ly:manual-1" && runs["instances"]?[1] == nil)
            #expect(try await bench.get("/schedules/none/runs")["instances"] == .array([]))
            #expect(try await bench.get("\(path)/runs?limit=0").status == 400)
            #expect(try await bench.post("\(path)/pause").status == 204)
            try await untilSeen("the pause") { try await bench.get(path)["paused"] == true }
            let update = #"{"orchestration":"Hello","every":3600,"overlap":"allow"}"#
            let updated = try await bench.http.ask(.put, "/api/v1" + path, update, [.contentType: "application/json"])
            #expect(updated.status == 204, "\(updated.body)")
            #expect(try await bench.post("\(path)/resume").status == 204)
            try await untilSeen("the resumption") { try await bench.get(path)["paused"] == false }
            #expect(try await bench.get(path)["schedule"]?["every"] == 3600)
            #expect(try await bench.delete(path).status == 204)
            try await untilSeen("the end") { try await bench.get(path)["ended"] == true }
            #expect(try await bench.post("\(path)/pause").status == 409)
            #expect(try await bench.get("/schedules")["schedules"] == .array([]))
        }
    }

    @Test("What is no schedule is refused with its member, and one that there is not is 404")
    func refused() async throws {
        try await APIBench.running { bench in
            for (body, text) in [
                (#"{"orchestration":"Hello","every":5}"#, "id"),
                (#"{"id":"a:b","orchestration":"Hello","every":5}"#, "ID"),
                (#"{"id":"a","orchestration":"Hello"}"#, "every"),
                (#"{"id":"a","orchestration":"Hello","cron":"61 * * * *"}"#, "minute"),
                (#"{"id":"a","orchestration":"Hello","cron":"* * * * *","timeZone":"Mars"}"#, "timeZone"),
                (#"{"id":"a","orchestration":"Hello","every":5,"color":"red"}"#, "color"),
                (#"{"id":"a","orchestration":"Nobody","every":5}"#, "Nobody"), ("[]", "object"),
            ] {
                let answer = try await bench.post("/schedules", body)
                #expect(answer.status == 400 && answer.body.contains(text), "\(body): \(answer.body)")
            }
            #expect(try await bench.get("/schedules/none").status == 404)
            #expect(try await bench.post("/schedules/none/trigger").status == 404)
            #expect(try await bench.delete("/schedules/a:b").status == 400)
        }
    }
}
#endif
