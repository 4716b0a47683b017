#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@Suite("Management API: entities", .timeLimit(.minutes(5)))
struct EntityRouteTests {
    @Test("An operation is taken, the state is the body of the answer, and a delete makes it 404")
    func one() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            #expect(try await api.get("/entities/counter/a").status == 404)
            let json: HTTPFields = [.contentType: "application/json; charset=utf-8"]
            #expect(try await api.ask(.post, "/entities/Counter/a?op=add", "5", json).status == 202)
            #expect(try await api.ask(.post, "/entities/counter/%24?op=add", "7", json).status == 202)
            await hub.rest()
            let read = try await api.get("/entities/COUNTER/a")
            #expect(read.status == 200 && read.body == "5")
            #expect(try await api.get("/entities/counter/$").body == "7")
            // Text is a string, which this operation does not take: the state stays.
            #expect(try await api.post("/entities/counter/a?op=add", "six").status == 202)
            await hub.rest()
            #expect(try await api.get("/entities/counter/a").body == "5")
            #expect(try await api.delete("/entities/counter/a").status == 202)
            await hub.rest()
            #expect(try await api.get("/entities/counter/a")["ExceptionType"] == "unknown-entity")
        }
    }

    @Test("A rewind to a point at which the instance waits for an entity is 409, by name")
    func rewind() async throws {
        let work = Activity<Int, Int>("Work")
        let holder = Orchestration<Void, Void>("Holder")
        let asker = Orchestration<Int, Int>("Asker")
        let stop = ExternalEvent<Void>("Stop")
        let register: @Sendable (TestHub) -> Void = { hub in
            Functions.register(with: hub)
            hub.register(work) { _ in throw FailureDetails(type: "Broken", message: "No.") }
            hub.register(holder) { context in
                try await context.withLock(on: Functions.counter["a"]) { try await context.wait(for: stop) }
            }
            hub.register(asker) { context, amount in
                async let none = context.call(Functions.add, amount, on: "a")
                _ = try await context.call(work, 1)
                _ = try await none
                return 0
            }
        }
        try await API.serving(register: register) { api, hub in
            let client = try await hub.client
            _ = try await client.start(holder, (), id: "holder")
            await hub.rest()
            _ = try await client.start(asker, 5, id: "asker")
            await hub.rest()
            #expect(try await api.get("/instances/asker")["runtimeStatus"] == "Failed")
            let refused = try await api.post("/instances/asker/rewind", "")
            #expect(refused.status == 409 && refused["ExceptionType"] == "instance-holds-entities", "\(refused.body)")
        }
    }

    @Test("What is no operation is 400 with the reason")
    func refused() async throws {
        try await API.serving(register: Functions.register) { api, _ in
            let json: HTTPFields = [.contentType: "application/json"]
            let bad = try await api.ask(.post, "/entities/counter/a?op=add", "{", json)
            #expect(bad.status == 400)
            #expect(bad["Message"]?.stringValue?.hasPrefix("Could not parse JSON content: ") == true)
            for path in ["/entities/counter/a", "/entities/counter/a?op=%40lock", "/entities/1/a?op=add"] {
                #expect(try await api.ask(.post, path, "1", json).status == 400, "\(path)")
            }
        }
    }

    @Test("Entities are listed page by page, with states if these are asked for, and are not among instances")
    func listed() async throws {
        try await API.serving(register: Functions.register) { api, hub in
            for key in 1...3 { try await hub.client.signal(Functions.add, key, on: "k\(key)") }
            await hub.rest()
            #expect(try await api.get("/instances").body == "[]")
            let page = try await api.get("/entities/counter?top=2&fetchState=true")
            let token = try #require(page.headers.first { $0.name.canonicalName == "x-ms-continuation-token" }?.value)
            #expect(page.body.hasPrefix(#"[{"entityId":{"name":"counter","key":"k"#))
            #expect(page.body.contains(#""lastOperationTime":"2030-01-01T12:00:00Z","state":"#))
            let name = try #require(HTTPFields.Element.Name("x-ms-continuation-token"))
            let rest = try await api.get("/entities/counter?top=2", [name: token])
            #expect(!rest.body.contains("state"))
            #expect(page.body.components(separatedBy: "entityId").count - 1 == 2)
            #expect(rest.body.components(separatedBy: "entityId").count - 1 == 1)
            #expect(try await api.get("/entities/other").body == "[]")
            let later = "/entities?lastOperationTimeFrom=2030-01-01T12:00:01Z"
            #expect(try await api.get(later).body == "[]")
        }
    }
}
#endif
