#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren

@Suite("HTTP API: instances and commands", .timeLimit(.minutes(2)))
struct InstanceOperationTests {
    @Test("Lists and counts know the version with which an instance began, and refuse what is none")
    func version() async throws {
        try await APIBench.running { bench in
            try await bench.run("Hello", id: "without")
            for (id, version) in [("old", "1.0"), ("new", "2.0"), ("newer", "2.0")] {
                let body = #"{"orchestration":"Versioned","id":"\#(id)","version":"\#(version)"}"#
                #expect(try await bench.post("/instances", body).status == 201)
                try await untilSeen("its end") {
                    try await bench.get("/instances/\(id)?wait=30")["runtimeStatus"] == "Completed"
                }
            }
            func ids(_ query: String) async throws -> [String] {
                guard case .array(let all)? = try await bench.get("/instances?\(query)")["instances"] else { return [] }
                return all.compactMap { $0["instanceId"]?.stringValue }
            }
            #expect(try await ids("version=2.0") == ["newer", "new"])
            #expect(try await ids("version=1.0&name=Versioned") == ["old"])
            #expect(try await ids("version=3.0") == [])
            #expect(try await ids("version=2.0&limit=1") == ["newer"])
            #expect(try await bench.get("/counts?version=2.0")["total"] == 2)
            #expect(try await bench.get("/counts")["total"] == 4)
            for path in ["/instances?version=2%200", "/counts?version=", "/histogram?version=2%200"] {
                let answer = try await bench.get(path)
                #expect(answer.status == 400 && answer["field"] == "version", "\(path): \(answer.body)")
            }
        }
    }

    @Test("A start passes the input through as it is written, and its answer names the instance")
    func start() async throws {
        try await APIBench.running { bench in
            let answer = try await bench.post(
                "/instances", #"{"orchestration":"Hello","id":"a b","input":{"n":1.50,"big":12345678901234567890}}"#)
            #expect(answer.status == 201)
            #expect(answer["instanceId"] == "a b")
            #expect(answer.headers[.location] == "/api/v1/instances/a%20b")
            let ended = try await bench.get("/instances/a%20b?wait=30")
            #expect(ended["runtimeStatus"] == "Completed")
            #expect(ended.body.contains(#""input":{"n":1.50,"big":12345678901234567890}"#))
        }
    }

    @Test("A start says which member is wrong and what to do, and starts nothing")
    func badStarts() async throws {
        try await APIBench.running { bench in
            for (body, field) in [
                ("", "body"), ("{", "body"), ("[1]", "body"), (#"{"input":1}"#, "orchestration"),
                (#"{"orchestration":"No Name"}"#, "orchestration"), (#"{"orchestration":"Nope"}"#, "orchestration"),
                (#"{"orchestration":"Hello","id":"a/b"}"#, "id"), (#"{"orchestration":"Hello","id":7}"#, "id"),
                (#"{"orchestration":"Hello","ifExists":"replace"}"#, "ifExists"),
                (#"{"orchestration":"Hello","startAt":"tomorrow"}"#, "startAt"),
                (#"{"orchestration":"Hello","tags":{"a":1}}"#, "tags"),
                (#"{"orchestration":"Hello","inptu":1}"#, "inptu"),
            ] {
                let answer = try await bench.post("/instances", body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.headers[.contentType] == "application/problem+json")
                #expect(answer["field"]?.stringValue == field, "\(body): \(answer.body)")
                #expect(answer["remedy"]?.stringValue?.isEmpty == false, "\(body)")
                #expect(answer["status"] == 400)
                #expect(answer["instance"] == "/api/v1/instances")
            }
            #expect(try await bench.get("/counts")["total"] == 0)
        }
    }

    @Test("A body that says it is no JSON is refused, whatever it is")
    func mediaType() async throws {
        try await APIBench.running { bench in
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let answer = try await bench.http.ask(
                .post, "/api/v1/instances", #"{"orchestration":"Hello"}"#, form)
            #expect(answer.status == 415)
            #expect(answer["field"] == "Content-Type")
            let untyped = try await bench.http.ask(.post, "/api/v1/instances", #"{"orchestration":"Hello"}"#)
            #expect(untyped.status == 201)
        }
    }

    @Test("A second start of an ID is 409, unless it says otherwise")
    func existing() async throws {
        try await APIBench.running { bench in
            try await bench.run("Hello", id: "x", input: "1")
            let again = #"{"orchestration":"Hello","id":"x","input":2"#
            let refused = try await bench.post("/instances", again + "}")
            #expect(refused.status == 409)
            #expect(refused["code"] == "instance-exists")
            #expect(try await bench.post("/instances", again + #","ifExists":"ignore"}"#).status == 201)
            #expect(try await bench.get("/instances/x?wait=30")["output"] == 1)
            #expect(try await bench.post("/instances", again + #","ifExists":"restart"}"#).status == 201)
            #expect(try await bench.get("/instances/x?wait=30")["output"] == 2)
        }
    }

    @Test("An event reaches an instance; its payload may be anything, or nothing")
    func raise() async throws {
        try await APIBench.running { bench in
            #expect(try await bench.post("/instances/nobody/events/Go", "true").status == 404)
            try await bench.open("w")
            #expect(try await bench.post("/instances/w/events/Go", "{").status == 400)
            let answer = try await bench.post("/instances/w/events/Go", "true")
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(try await bench.get("/instances/w?wait=30")["output"] == true)
            let late = try await bench.post("/instances/w/events/Go")
            #expect(late.status == 409)
            #expect(late["code"] == "instance-finished")
        }
    }

    @Test("Suspend, resume and terminate act once, and say why they do not act twice")
    func control() async throws {
        try await APIBench.running { bench in
            try await bench.open("w")
            #expect(try await bench.post("/instances/w/resume").status == 409)
            #expect(try await bench.post("/instances/w/suspend", #"{"reason":"for a while"}"#).status == 204)
            #expect(try await bench.post("/instances/w/suspend")["code"] == "suspended")
            #expect(try await bench.post("/instances/w/resume").status == 204)
            #expect(try await bench.delete("/instances/w")["code"] == "instance-not-finished")
            #expect(try await bench.post("/instances/w/terminate", #"{"reason":"enough"}"#).status == 204)
            #expect(try await bench.get("/instances/w?wait=30")["output"] == "enough")
            #expect(try await bench.post("/instances/w/terminate").status == 409)
            #expect(try await bench.post("/instances/w/terminate", #"{"because":"x"}"#)["field"] == "because")
            #expect(try await bench.delete("/instances/w").status == 204)
            #expect(try await bench.delete("/instances/w").status == 404)
        }
    }

    @Test("A restart runs the same input again, under a new ID or its own")
    func restart() async throws {
        try await APIBench.running { bench in
            try await bench.run("Hello", id: "x", input: #"{"cable":2}"#)
            let fresh = try await bench.post("/instances/x/restart")
            #expect(fresh.status == 201)
            let id = try #require(fresh["instanceId"]?.stringValue)
            #expect(id != "x")
            #expect(try await bench.get("/instances/\(id)?wait=30").body.contains(#""output":{"cable":2}"#))
            #expect(try await bench.post("/instances/x/restart", #"{"newId":false}"#)["instanceId"] == "x")
            try await bench.open("w")
            #expect(try await bench.post("/instances/w/restart", #"{"newId":false}"#).status == 409)
        }
    }

    @Test("Lists are filtered, and paged by a cursor, in order")
    func lists() async throws {
        try await APIBench.running { bench in
            for number in 0..<7 { try await bench.run("Hello", id: "a\(number)", input: "\(number)") }
            try await bench.run("Failing", id: "b0")
            try await bench.open("w")
            #expect(
                try await bench.post(
                    "/instances", #"{"orchestration":"Waiting","id":"t","tags":{"team":"blue"}}"#
                ).status == 201)
            func ids(_ query: String) async throws -> [String] {
                guard case .array(let instances)? = try await bench.get("/instances\(query)")["instances"] else {
                    return []
                }
                return instances.compactMap { $0["instanceId"]?.stringValue }
            }
            #expect(try await ids("?status=failed") == ["b0"])
            #expect(try await Set(ids("?status=Pending,Running&name=Waiting")) == ["t", "w"])
            #expect(try await ids("?tag=team%3Dblue") == ["t"])
            #expect(try await ids("?prefix=a").count == 7)
            #expect(try await ids("?createdTo=2001-01-01T00:00:00Z") == [])
            var walked: [String] = []
            var query: String? = "?limit=3"
            while let asked = query {
                let page = try await bench.get("/instances\(asked)")
                guard case .array(let instances)? = page["instances"] else { break }
                walked += instances.compactMap { $0["instanceId"]?.stringValue }
                query = page["next"]?.stringValue.map { "?limit=3&after=\($0)" }
            }
            #expect(walked.count == 10)
            #expect(try await walked == ids(""))
            let first = try await bench.get("/instances?prefix=a3&include=input,output")
            #expect(first["instances"]?[0]?["input"] == 3)
            #expect(try await bench.get("/instances?prefix=a3")["instances"]?[0]?["input"] == .null)
        }
    }

    @Test(
        "A parameter that is not known, or makes no sense, is refused by name",
        arguments: [
            ("?stauts=Failed", "stauts"), ("?status=Faield", "status"), ("?limit=0", "limit"), ("?limit=ten", "limit"),
            ("?name=no%20name", "name"), ("?tag=blue", "tag"), ("?createdFrom=yesterday", "createdFrom"),
            ("?after=x", "after"), ("?sort=size", "sort"), ("?limit=1&limit=2", "limit"), ("?prefix=", "prefix"),
            ("?name=%FF", "name=%FF"),
            ("?include=everything", "include"),
        ])
    func badQueries(query: String, field: String) async throws {
        try await APIBench.running { bench in
            let answer = try await bench.get("/instances\(query)")
            #expect(answer.status == 400)
            #expect(answer["field"]?.stringValue == field, "\(answer.body)")
        }
    }

    @Test("Counts and the histogram agree with what there is")
    func counts() async throws {
        try await APIBench.running { bench in
            for number in 0..<5 { try await bench.run("Hello", id: "a\(number)") }
            try await bench.run("Failing", id: "b0")
            try await bench.open("w")
            let all = try await bench.get("/counts")
            #expect(all["total"] == 7)
            #expect(all["counts"]?["Completed"] == 5)
            #expect(all["counts"]?["Failed"] == 1)
            #expect(all["counts"]?["Running"] == 1)
            #expect(all["counts"]?["Pending"] == 0)
            #expect(all["atLeast"] == false)
            #expect(try await bench.get("/counts?prefix=a")["total"] == 5)
            #expect(try await bench.get("/counts?status=failed,running")["total"] == 2)
            #expect(try await bench.get("/counts?name=Hello&createdTo=2001-01-01T00:00:00Z")["total"] == 0)
            #expect(try await bench.get("/counts?waitsFor=event:go")["total"] == 1)
            #expect(try await bench.get("/counts?waitsFor=any&name=Hello")["total"] == 0)
            #expect(try await bench.get("/counts?updatedFrom=2001-01-01T00:00:00Z")["total"] == 7)
            #expect(try await bench.get("/counts?updatedTo=2001-01-01T00:00:00Z")["total"] == 0)
            try await bench.run("Family", id: "parent")
            #expect(try await bench.get("/counts?parent=parent")["counts"]?["Completed"] == 1)
            let histogram = try await bench.get("/histogram?buckets=4")
            guard case .array(let buckets)? = histogram["buckets"] else { return #expect(Bool(false), "no buckets") }
            #expect(buckets.count == 4)
            #expect(buckets.last?["counts"]?["Completed"] == 7)
            #expect(buckets.first?["counts"] == .object([:]))
            #expect(buckets.last?["ended"] == .object(["Failed": 1]))
            #expect(buckets.first?["ended"] == .object([:]))
            #expect(histogram["width"] == 21_600)
            #expect(
                try await bench.get(
                    "/histogram?createdFrom=2026-01-02T00:00:00Z&createdTo=2026-01-01T00:00:00Z")["field"]
                    == "createdFrom")
        }
    }

    @Test("What waits is found by what it waits for, the longest first, page by page")
    func waiting() async throws {
        try await APIBench.running { bench in
            try await bench.run("Hello", id: "done")
            for id in ["w1", "w2", "w3"] { try await bench.open(id) }
            let page = try await bench.get("/instances?waitsFor=event:go&limit=2")
            #expect(page["instances"]?[0]?["instanceId"] == "w1", "\(page.body)")
            #expect(page["instances"]?[0]?["waitsFor"]?[0]?["kind"] == "event")
            #expect(page["instances"]?[0]?["waitsFor"]?[0]?["name"] == "Go")
            #expect(page["instances"]?[1]?["instanceId"] == "w2")
            let next = try #require(page["next"]?.stringValue)
            let rest = try await bench.get("/instances?waitsFor=event:go&limit=2&after=\(next)")
            #expect(rest["instances"]?[0]?["instanceId"] == "w3", "\(rest.body)")
            #expect(try await bench.get("/instances?sort=created&after=\(next)")["field"] == "after")
            let newest = try await bench.get("/instances?waitsFor=any&sort=created")
            #expect(newest["instances"]?[0]?["instanceId"] == "w3")
            #expect(try await bench.get("/instances?waitsFor=lunch:now")["field"] == "waitsFor")
            #expect(try await bench.get("/instances?updatedTo=2001-01-01T00:00:00Z")["instances"] == [])
            let all = try await bench.get("/instances?updatedFrom=2001-01-01T00:00:00Z")
            #expect(all["instances"]?[3]?["instanceId"] == "done")
        }
    }

    @Test("A tree has the parents above and the children below")
    func tree() async throws {
        try await APIBench.running { bench in
            try await bench.run("Family", id: "mother")
            let tree = try await bench.get("/instances/mother/tree")
            #expect(tree["ancestors"] == [], "\(tree.body)")
            #expect(tree["root"]?["instance"]?["runtimeStatus"] == "Completed")
            #expect(tree["root"]?["children"]?[0]?["name"] == "Hello")
            #expect(tree["isCut"] == false)
            let child = try #require(tree["root"]?["children"]?[0]?["instanceId"]?.stringValue)
            #expect(tree["root"]?["children"]?[0]?["instance"]?["parentId"] == "mother")
            let below = try await bench.get("/instances/\(child.replacing(":", with: "%3A"))/tree")
            #expect(below["ancestors"]?[0]?["instanceId"] == "mother", "\(below.body)")
            #expect(try await bench.get("/instances/nobody/tree").status == 404)
            let children = try await bench.get("/instances?parent=mother")
            #expect(children["instances"]?[0]?["instanceId"]?.stringValue == child, "\(children.body)")
            #expect(children["instances"]?[1] == nil)
            #expect(try await bench.get("/instances?parent=nobody")["instances"] == [])
        }
    }

    @Test("A purge by conditions needs one, and counts what it removed")
    func purge() async throws {
        try await APIBench.running { bench in
            for number in 0..<3 { try await bench.run("Hello", id: "a\(number)") }
            try await bench.run("Failing", id: "b0")
            try await bench.open("w")
            #expect(try await bench.post("/purge", "{}").status == 400)
            #expect(try await bench.post("/purge", #"{"status":["Running"]}"#)["field"] == "status")
            #expect(try await bench.post("/purge", #"{"name":"Hello","prefix":"a"}"#)["purged"] == 3)
            #expect(try await bench.post("/purge", #"{"createdTo":"2100-01-01T00:00:00Z"}"#)["purged"] == 1)
            #expect(try await bench.get("/counts")["total"] == 1)
        }
    }

    @Test("Unknown paths are 404, other methods 405 with those that there are, and HEAD has no body")
    func paths() async throws {
        try await APIBench.running { bench in
            for path in ["", "/", "/nothing", "/instances/", "/instances/a/b/c/d", "/Instances"] {
                let answer = try await bench.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer["code"] == "unknown-path", "\(path)")
            }
            let other = try await bench.http.ask(.put, "/api/v1/instances")
            #expect(other.status == 405)
            #expect(other.headers[.allow] == "GET, HEAD, POST")
            let head = try await bench.http.ask(.head, "/api/v1/instances")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(try await bench.http.ask(.get, "/api/v10").status == 404)
        }
    }
}
#endif
