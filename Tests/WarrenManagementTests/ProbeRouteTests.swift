#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@Suite("Management API: probes, schedules, names", .timeLimit(.minutes(5)))
struct ProbeRouteTests {
    @Test("HEAD answers as GET does, without the body", arguments: [false, true])
    func head(overSocket: Bool) async throws {
        try await API.serving(over: overSocket ? .socket : .router, register: Functions.register) { api, hub in
            _ = try await api.post("/api/orchestrators/Waiting/w")
            _ = try await api.post("/api/orchestrators/Hello/h", "\"x\"")
            await hub.rest()
            for path in [
                "/instances/w", "/instances/h", "/instances", "/instances/nobody", "/INSTANCES/h",
                "/admin/extensions/DurableTaskExtension/instances/h",
            ] {
                let get = try await api.get(path)
                let head = try await api.ask(.head, path, nil, [:])
                #expect(head.status == get.status && head.body == "", "\(path)")
                for field in [HTTPFields.Element.Name.contentType, .location, .retryAfter] {
                    #expect(head.headers[field] == get.headers[field], "\(path) \(field)")
                }
            }
            #expect(try await api.ask(.head, "/api/orchestrators/Hello", nil, [:]).status == 404)
        }
    }

    @Test("A scheduled start says when it begins, and can be suspended before that")
    func scheduled() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            let client = try await hub.client
            let time = Timestamp(hub.now.addingTimeInterval(3600))
            _ = try await client.start(Functions.hello, 7, id: "later", startAt: time)
            await hub.rest()
            let pending = try await api.get("/instances/later")
            #expect(pending.status == 202)
            #expect(pending["runtimeStatus"] == "Pending" && pending["scheduledStartTime"] == "2030-01-01T13:00:00Z")
            #expect(try await api.get("/instances").json[0]?["scheduledStartTime"] == "2030-01-01T13:00:00Z")
            #expect(try await api.post("/instances/later/resume").status == 409)
            #expect(try await api.post("/instances/later/suspend").status == 202)
            #expect(try await api.post("/instances/later/suspend").status == 409)
            #expect(try await api.get("/instances/later")["runtimeStatus"] == "Suspended")
            try await hub.advance(by: .hours(2))
            #expect(try await api.get("/instances/later")["runtimeStatus"] == "Suspended")
            #expect(try await api.post("/instances/later/resume").status == 202)
            await hub.rest()
            let done = try await api.get("/instances/later")
            #expect(done["output"] == 7 && done["runtimeStatus"] == "Completed")
        }
    }

    @Test(
        "Event names of any text are taken as a path carries them",
        arguments: [
            ("My Event", "My%20Event"), ("Bestätigt", "Best%C3%A4tigt"), ("100% sure?", "100%25%20sure%3F"),
            ("a.b", "a.b"),
        ])
    func eventNames(name: String, encoded: String) async throws {
        let named = Orchestration<String, Int>("Named")
        try await API.serving { hub in
            hub.register(named) { context, event in try await context.wait(for: ExternalEvent<Int>(event)) }
        } _: { api, hub in
            _ = try await api.post("/api/orchestrators/Named/n", "\"\(name)\"")
            await hub.rest()
            #expect(try await api.postJSON("/instances/n/raiseEvent/\(encoded)", "7").status == 202)
            await hub.rest()
            #expect(try await api.get("/instances/n")["output"] == 7)
            _ = try await api.post("/api/orchestrators/Named/m", "\"\(name)\"")
            #expect(try await api.postJSON("/instances/m/raiseEvent/a%2Fb", "7").status == 400)
        }
    }
}
#endif
