#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren

@Suite("HTTP API: queries, updates and searches", .timeLimit(.minutes(2)))
struct QueryOperationTests {
    @Test("Queries and updates give results, and every refusal has its status, code and remedy")
    func queriesAndUpdates() async throws {
        try await APIBench.running { bench in
            _ = try await bench.post("/instances", #"{"orchestration":"Cart","id":"c","input":{"n":7,"m":[1]}}"#)
            let added = try await bench.post("/instances/c/updates/addItem?updateId=u1", #""tea""#)
            #expect(added.status == 200)
            #expect(added.body == #"{"result":1}"#)
            #expect(try await bench.post("/instances/c/updates/addItem?updateId=u1", #""tea""#)["result"] == 1)
            #expect(try await bench.post("/instances/c/queries/items", "")["result"] == ["tea"])
            #expect(try await bench.post("/instances/c/queries/items", "0")["result"] == [])

            for (path, body, status, code, field) in [
                ("c/queries/items", "-1", 422, "handler-failed", "queryName"),
                ("c/queries/items", #""x""#, 422, "handler-failed", "queryName"),
                ("c/queries/other", "", 404, "unknown-handler", "queryName"),
                ("nobody/queries/items", "", 404, "unknown-instance", "instanceId"),
                ("c/queries/no%20name", "", 400, "invalid-argument", "queryName"),
                ("c/updates/addItem", #""poison""#, 422, "handler-failed", "updateName"),
                ("c/updates/addItem", #""""#, 409, "update-refused", "body"),
                ("c/updates/addItem", "{", 400, "invalid-json", "body"),
                ("nobody/updates/addItem", #""x""#, 404, "unknown-instance", "instanceId"),
            ] {
                let answer = try await bench.post("/instances/" + path, body)
                #expect(answer.status == status, "\(path): \(answer.body)")
                #expect(answer["code"]?.stringValue == code, "\(path): \(answer.body)")
                #expect(answer["field"]?.stringValue == field, "\(path): \(answer.body)")
                #expect(answer["remedy"]?.stringValue?.isEmpty == false, "\(path)")
            }
            _ = try await bench.post("/instances/c/suspend", "")
            let suspended = try await bench.post("/instances/c/updates/addItem", #""milk""#)
            #expect(suspended.status == 409)
            #expect(suspended["code"] == "suspended")
        }
    }

    @Test("An instance is found by the labels that its code sets, and by its input however it is written")
    func searches() async throws {
        try await APIBench.running { bench in
            _ = try await bench.post("/instances", #"{"orchestration":"Cart","id":"c","input":{"n":7,"m":[1]}}"#)
            _ = try await bench.post("/instances", #"{"orchestration":"Cart","id":"d","input":{"n":8}}"#)
            _ = try await bench.post("/instances/c/updates/addItem", #""tea""#)
            func found(_ query: String) async throws -> [String] {
                let page = try await bench.get("/instances?" + query)
                guard case .array(let list)? = page["instances"] else { return [page.body] }
                return list.compactMap { $0["instanceId"]?.stringValue }
            }
            #expect(try await found("tag=last%3Dtea") == ["c"])
            #expect(try await found("name=Cart&withInput=%7B%22m%22%3A%5B1.0%5D%2C%20%22n%22%3A7%7D") == ["c"])
            #expect(try await found("name=Cart&withInput=7") == [])
            let wrong = try await bench.get("/instances?withInput=%7B")
            #expect(wrong.status == 400)
            #expect(wrong["field"] == "withInput")
        }
    }
}
#endif
