#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenHost

/// What a mistake over HTTP leaves behind: an answer, and nothing else.
@Suite("Management API: refusals", .timeLimit(.minutes(5)))
struct RefusalRouteTests {
    private static let waiting = Orchestration<Void, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    @Test("400, 404, 409, 410 and 412 are one round trip at the most, and leave no dead letter")
    func noDeadLetter() async throws {
        try await ServedHub.running { host in
            host.register(Self.waiting) { context in try await context.wait(for: Self.go) }
        } _: { hub async throws in
            func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async throws -> Int {
                try await hub.api.ask(method, path, body, [.contentType: "application/json"]).status
            }
            #expect(try await ask(.post, "/api/orchestrators/Waiting/w") == 202)
            #expect(try await ask(.post, "/api/orchestrators/Waiting/done") == 202)
            #expect(try await ask(.post, "/instances/done/terminate") == 202)
            var cases: [(HTTPRequest.Method, String, String, Int)] = [
                (.post, "/api/orchestrators/Waiting/w", "", 409), (.post, "/instances/w/resume", "", 409),
                (.delete, "/instances/w", "", 412), (.delete, "/instances/nobody", "", 404),
                (.post, "/instances/w/raiseEvent/Go", "{", 400),
                (.post, "/instances/nobody/raiseEvent/Go", "true", 404),
                (.post, "/instances/done/raiseEvent/Go", "true", 410),
                (.post, "/instances/done/raiseEvent/Go", "{", 410),
                (.post, "/instances/nobody/raiseEvent/Go", "{", 404),
                (.post, "/instances/w/rewind", "", 412), (.post, "/instances/done/rewind", "", 410),
                (.post, "/instances/nobody/rewind", "", 404),
                (.post, "/instances/w/restart?restartWithNewInstanceId=false", "", 409),
                (.post, "/instances/nobody/restart", "", 400),
                (.post, "/instances/nobody/restart?restartWithNewInstanceId=false", "", 400),
                (.post, "/api/orchestrators/Nothing", "", 400), (.post, "/api/orchestrators/Waiting", "{", 400),
                (.post, "/api/orchestrators/Waiting/a%23b", "", 400),
                (.post, "/api/orchestrators/Waiting?version=a%20b", "", 400), (.get, "/instances/nobody", "", 404),
            ]
            for operation in ["terminate", "suspend", "resume"] {
                cases.append((.post, "/instances/done/\(operation)", "", 410))
                cases.append((.post, "/instances/nobody/\(operation)", "", 404))
            }
            for (method, path, body, status) in cases {
                _ = hub.counting.take()
                #expect(try await ask(method, path, body) == status, "\(method) \(path) \(body)")
                let sent = hub.counting.take()
                #expect(sent <= 1, "\(method) \(path) \(body): \(sent) messages")
            }
            #expect(try await hub.deadLetters == 0)
        }
    }

    @Test("A restart that is refused only at its start leaves no dead letter, either")
    func lateRefusal() async throws {
        let once = Orchestration<Int, Int>("Once")
        try await ServedHub.running { host in
            host.register(once) { _, number in number }
            host.register(Self.waiting) { context in try await context.wait(for: Self.go) }
        } _: { hub async throws in
            #expect(try await hub.api.post("/api/orchestrators/Once/o?timeout=60", "1").status == 200)
            // Two at once: both read that it has ended, and one of the starts may come to an instance that goes on.
            for _ in 0..<20 {
                async let first = hub.api.post("/instances/o/restart?restartWithNewInstanceId=false")
                async let second = hub.api.post("/instances/o/restart?restartWithNewInstanceId=false")
                for status in try await [first.status, second.status] {
                    #expect(status == 202 || status == 409)
                }
            }
            #expect(try await hub.deadLetters == 0)
        }
    }
}
#endif
