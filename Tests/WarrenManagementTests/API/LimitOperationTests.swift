#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import WarrenManagement

@Suite("HTTP API: limits", .timeLimit(.minutes(1)))
struct LimitOperationTests {
    @Test("Limits are set in the place of former ones, listed with what waits, shown and removed")
    func whole() async throws {
        try await APIBench.running { bench in
            func put(_ body: String) async throws -> Answer {
                try await bench.http.ask(.put, "/api/v1/limits/Charge", body, [.contentType: "application/json"])
            }
            #expect(try await bench.get("/limits")["activities"] == .array([]))
            let none = try await bench.get("/limits/Charge")
            #expect(none.status == 200 && none["limits"] == nil && none["waiting"] == 0)

            let set = try await put(
                #"{"concurrency":0,"rate":{"count":100,"periodMs":60000,"burst":10},"patienceMs":5000}"#)
            #expect(set.status == 204, "\(set.body)")
            let listed = try await bench.get("/limits")["activities"]?[0]
            #expect(listed?["activity"] == "Charge" && listed?["isSetByOperator"] == true && listed?["running"] == 0)
            #expect(listed?["limits"]?["rate"]?["burst"] == 10 && listed?["limits"]?["patienceMs"] == 5000)
            #expect(try await bench.get("/limits/Charge").json == listed)

            #expect(try await put(#"{"concurrency":3}"#).status == 204)
            let shown = try await bench.get("/limits/Charge")["limits"]
            #expect(shown?["concurrency"] == 3 && shown?["rate"] == nil)
            #expect(try await bench.delete("/limits/Charge").status == 204)
            #expect(try await bench.get("/limits/Charge")["limits"] == nil)
            #expect(try await bench.delete("/limits/Charge").status == 204)
        }
    }

    @Test("What is no limit is refused with its member, and only an administrator sets one")
    func refused() async throws {
        try await APIBench.running { bench in
            for (body, text) in [
                ("{}", "neither"), (#"{"concurrency":-1}"#, "concurrency"), (#"{"concurency":1}"#, "concurency"),
                (#"{"rate":{"count":1,"periodMs":1000,"every":2}}"#, "every"),
                (#"{"rate":{"count":0,"periodMs":1}}"#, "count"),
                (#"{"rate":5}"#, "object"), (#"{"concurrency":1,"patienceMs":null}"#, "patienceMs"),
                (#"{"concurrency":1,"rate":null}"#, "object"), (#"{"rate":{"count":1}}"#, "periodMs"), ("[]", "object"),
                (#"{"concurrency":1,"patienceMs":-1}"#, "patience"),
            ] {
                let answer = try await bench.http.ask(
                    .put, "/api/v1/limits/Charge", body, [.contentType: "application/json"])
                #expect(answer.status == 400 && answer.body.contains(text), "\(body): \(answer.body)")
            }
            #expect(try await bench.delete("/limits/not%20a%20name").status == 400)
        }
        let folder = try KeyFolder()
        defer { folder.remove() }
        let keys = [try folder.add("reader", [.read]), try folder.add("operator", [.read, .control])]
        var options = ManagementOptions()
        options.keys = try AccessKeys(file: folder.path, logger: APIBench.quiet)
        try await APIBench.running(options) { bench in
            for key in keys {
                let headers: HTTPFields = [.contentType: "application/json", .authorization: "Bearer \(key)"]
                let listed = try await bench.http.ask(.get, "/api/v1/limits", nil, headers)
                let set = try await bench.http.ask(.put, "/api/v1/limits/Charge", #"{"concurrency":1}"#, headers)
                let cleared = try await bench.http.ask(.delete, "/api/v1/limits/Charge", nil, headers)
                #expect([listed.status, set.status, cleared.status] == [200, 403, 403])
            }
        }
    }
}
#endif
