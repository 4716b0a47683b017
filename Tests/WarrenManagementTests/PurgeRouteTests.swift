#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenTestKit

@Suite("Management API: purging", .timeLimit(.minutes(5)))
struct PurgeRouteTests {
    @Test("A purge removes an ended instance; one that runs is 412, none is 404")
    func one() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Hello/h")
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            let answer = try await api.delete("/instances/h")
            #expect(answer.status == 200)
            #expect(answer.body == #"{"instancesDeleted":1}"#)
            #expect(try await api.get("/instances/h").status == 404)
            #expect(try await api.delete("/instances/h").status == 404)
            let running = try await api.delete("/instances/w")
            #expect(running.status == 412)
            #expect(running["ExceptionType"] == "instance-not-finished")
            #expect(try await api.get("/instances/w").status == 202)
        }
    }

    @Test("A purge by conditions needs a beginning, is 404 for nothing, and never takes what runs")
    func many() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            for number in 1...3 { _ = try await api.post("/api/orchestrators/Hello/h\(number)") }
            _ = try await api.post("/api/orchestrators/Failing/f")
            _ = try await api.post("/api/orchestrators/Waiting/w")
            await hub.rest()
            let unbounded = try await api.delete("/instances")
            #expect(unbounded.status == 400)
            #expect(try unbounded.json == "Please provide value for 'createdTimeFrom' parameter.")
            let since = "createdTimeFrom=2020-01-01T00:00:00Z"
            #expect(try await api.delete("/instances?\(since)&createdTimeTo=2021-01-01T00:00:00Z").status == 404)
            #expect(try await api.delete("/instances?\(since)&createdTimeTo=whenever").status == 400)
            #expect(try await api.delete("/instances?\(since)&runtimeStatus=Running").status == 400)
            #expect(try await api.delete("/instances?\(since)&runtimeStatus=Complet").status == 400)
            #expect(try await api.delete("/instances?\(since)&runtimeStatus=Failed").body == #"{"instancesDeleted":1}"#)
            #expect(try await api.delete("/instances/?\(since)").body == #"{"instancesDeleted":3}"#)
            #expect(try await api.delete("/instances?\(since)").status == 404)
            #expect(try await api.get("/instances/w").status == 202)
        }
    }
}
#endif
