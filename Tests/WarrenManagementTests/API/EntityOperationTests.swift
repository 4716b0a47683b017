#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenSupport

@Suite("HTTP API: entities", .timeLimit(.minutes(2)))
struct EntityOperationTests {
    @Test("Entities are signalled, read, listed, deleted and cleaned, and each fault names its part")
    func operations() async throws {
        try await APIBench.running { bench in
            #expect(try await bench.post("/entities/Counter/a/add", "5").status == 204)
            #expect(try await bench.post("/entities/Counter/$/add", "7").status == 204)
            let read = try await bench.entity("/entities/counter/a") { $0.body.contains(#""state":5"#) }
            #expect(read.body.hasPrefix(#"{"name":"counter","key":"a","exists":true,"createdTime":""#))
            _ = try await bench.entity("/entities/counter/$") { $0.body.contains(#""state":7"#) }
            let listed = try await bench.get("/entities?name=COUNTER&include=state&limit=1")
            #expect(listed["next"] != nil)
            #expect(try await bench.get("/instances")["instances"] == .array([]))
            #expect(try await bench.delete("/entities/counter/a").status == 204)
            _ = try await bench.entity("/entities/counter/a") { $0.status == 404 }
            let cleaned = try await bench.post("/entities/clean")
            #expect(cleaned.body == #"{"emptyEntitiesRemoved":1,"orphanedLocksReleased":0}"#)
            for (path, field) in [
                ("/entities/1/a/add", "entityKey"), ("/entities/counter/a/%40lock", "operation"),
                ("/entities/counter/a/add?at=soon", "at"),
            ] {
                let answer = try await bench.post(path, "1")
                #expect(answer.status == 400 && answer["field"]?.stringValue == field, "\(path): \(answer.body)")
            }
            #expect(try await bench.get("/entities/counter/nobody")["code"] == "unknown-entity")
        }
    }

    @Test(
        "Requests that a lock holds back are counted and listed with their senders, in their order; hostile names stay text"
    )
    func queue() async throws {
        try await APIBench.running { bench in
            #expect(try await bench.post("/entities/counter/q/add", "1").status == 204)
            let start = #"{"orchestration":"Holding","id":"holder"}"#
            #expect(try await bench.post("/instances", start).status == 201)
            let locked = try await bench.entity("/entities/counter/q") { $0["lockedBy"] == "holder" }
            #expect(locked["queued"] == 0 && locked["queue"] == .array([]))
            let hostile = #"<img src=x>\u202E\"'"#
            #expect(try await bench.post("/instances", #"{"orchestration":"Adding","id":"adder"}"#).status == 201)
            _ = try await bench.entity("/entities/counter/q") { $0["queued"] == 1 }
            try await bench.hub.signal(named: hostile, on: EntityID(name: "counter", key: "q"))
            for _ in 0..<10 { #expect(try await bench.post("/entities/counter/q/add", "1").status == 204) }
            let read = try await bench.entity("/entities/counter/q") { $0["queued"] == 12 }
            guard case .array(let queue)? = read["queue"] else { return #expect(Bool(false), "\(read.body)") }
            #expect(queue.count == 10)
            #expect(queue[0]["operation"] == "add" && queue[0]["sender"] == "adder" && queue[0]["sinceTime"] != nil)
            #expect(queue[1]["operation"]?.stringValue == hostile && queue[1]["sender"] == nil)
            let entity = try #require(try await bench.hub.entity(EntityID(name: "counter", key: "q")))
            #expect(entity.queued == 12 && entity.queue.map(\.sender).prefix(2) == ["adder", nil])
            // A listing does not tell.
            #expect(try await bench.get("/entities?name=counter")["entities"]?[0]?["queued"] == nil)
            try await bench.raise("holder", "true")
            let done = try await bench.entity("/entities/counter/q") { $0["queued"] == 0 }
            #expect(done["state"] == 16 && done["lockedBy"] == nil, "\(done.body)")
        }
    }
}

extension APIBench {
    /// Asks until an answer is as it should be: a signal is answered before it has run.
    fileprivate func entity(_ path: String, _ isDone: (Answer) -> Bool) async throws -> Answer {
        var answer = try await get(path)
        while !isDone(answer) { answer = try await get(path) }
        return answer
    }
}
#endif
