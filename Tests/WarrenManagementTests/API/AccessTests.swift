#if HTTP
import Foundation
import Hummingbird
import Logging
import Synchronization
import TestSupport
import Testing
import Warren

@testable import WarrenManagement

@Suite("HTTP API: keys and limits", .timeLimit(.minutes(2)))
struct AccessTests {
    /// Runs a test with a key file that has one key for each scope.
    private static func withKeys(
        configure: (inout ManagementOptions) -> Void = { _ in }, logger: Logger = APIBench.quiet,
        _ body: @escaping @Sendable (APIBench, KeyFolder, [AccessScope: String]) async throws -> Void
    ) async throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        var keys: [AccessScope: String] = [:]
        for scope in AccessScope.allCases { keys[scope] = try folder.add(scope.rawValue, [scope]) }
        var options = ManagementOptions()
        options.keys = try AccessKeys(file: folder.path, logger: APIBench.quiet)
        configure(&options)
        let known = keys
        try await APIBench.running(options, logger: logger) { try await body($0, folder, known) }
    }

    private static func bearer(_ key: String) -> HTTPFields { [.authorization: "Bearer \(key)"] }

    @Test("Each operation wants its right, and admin has them all")
    func scopes() async throws {
        try await Self.withKeys { bench, _, keys in
            let start = #"{"orchestration":"Waiting","id":"w"}"#
            let operations: [(AccessScope, HTTPRequest.Method, String, String?, Int)] = [
                (.start, .post, "/instances", start, 201),
                (.read, .get, "/instances/w", nil, 200),
                (.raise, .post, "/instances/w/events/Other", "1", 204),
                (.control, .post, "/instances/w/suspend", nil, 204),
                (.admin, .post, "/dead-letters/purge", #"{"all":true}"#, 200),
            ]
            for (right, method, path, body, status) in operations {
                for scope in AccessScope.allCases where scope != right && scope != .admin {
                    let key = try #require(keys[scope])
                    let refused = try await bench.http.ask(method, "/api/v1" + path, body, Self.bearer(key))
                    #expect(refused.status == 403, "\(path) with \(scope)")
                    #expect(refused["code"] == "forbidden")
                    #expect(refused["detail"]?.stringValue?.contains("'\(right.rawValue)'") == true)
                }
                let key = try #require(keys[right])
                #expect(
                    try await bench.http.ask(method, "/api/v1" + path, body, Self.bearer(key)).status == status,
                    "\(path)")
            }
            let admin = try #require(keys[.admin])
            let all = Self.bearer(admin)
            #expect(try await bench.http.ask(.post, "/api/v1/instances/w/resume", nil, all).status == 204)
            let me = try await bench.get("/me", all)
            #expect(me["name"] == "admin")
            #expect(me["scopes"] == ["read", "start", "raise", "control", "admin"])
        }
    }

    @Test("A key comes in a header, on the compatible routes also in the query, and a wrong one in no way")
    func places() async throws {
        try await Self.withKeys { bench, _, keys in
            let key = try #require(keys[.start])
            let other = String(key.dropLast()) + (key.hasSuffix("0") ? "1" : "0")
            let apiKey = try #require(HTTPFields.Element.Name("x-api-key"))
            for headers: HTTPFields in [
                [:], Self.bearer(other), [apiKey: other], [.authorization: "Basic abc"], Self.bearer(""),
                Self.bearer("wk_"), Self.bearer("wk__"), Self.bearer(String(repeating: "x", count: 5000)),
            ] {
                let answer = try await bench.post("/instances", #"{"orchestration":"Hello"}"#, headers)
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                #expect(answer["code"] == "unauthorized")
            }
            #expect(try await bench.post("/instances", #"{"orchestration":"Hello"}"#, [apiKey: key]).status == 201)
            #expect(try await bench.post("/instances?code=\(key)", #"{"orchestration":"Hello"}"#).status == 401)
            let compatible = try await bench.http.ask(.post, "/api/orchestrators/Hello?code=\(key)", "1")
            #expect(compatible.status == 202)
            #expect(compatible["statusQueryGetUri"]?.stringValue?.hasSuffix("&code=\(key)") == true)
            #expect(try await bench.http.ask(.post, "/api/orchestrators/Hello", "1").status == 401)
            let inHeader = try await bench.http.ask(.post, "/api/orchestrators/Hello", "1", Self.bearer(key))
            #expect(inHeader["statusQueryGetUri"]?.stringValue?.contains("code=") == false)
            let read = try #require(keys[.read])
            #expect(try await bench.http.ask(.post, "/api/orchestrators/Hello?code=\(read)", "1").status == 403)
            #expect(try await bench.http.ask(.get, "\(API.base)/instances?code=\(read)").status == 200)
            #expect(try await bench.http.ask(.get, "\(API.base)/instances?code=\(key)").status == 403)
        }
    }

    @Test("A new key works at once, and a revoked one is refused within a second")
    func changes() async throws {
        try await Self.withKeys { bench, folder, keys in
            let text = try folder.add("late", [.read])
            #expect(try await bench.get("/me", Self.bearer(text)).status == 200)
            let read = try #require(keys[.read])
            try KeyFile(folder.path).update { $0.removeAll { $0.name == "read" } }
            let refused = ContinuousClock.now
            try await untilSeen("the key to be refused") { try await bench.get("/me", Self.bearer(read)).status == 401 }
            #expect(ContinuousClock.now - refused < .seconds(10))
            #expect(try await bench.get("/me", Self.bearer(text)).status == 200)
        }
    }

    @Test("Commands leave a line each, with the key and the instance, and neither payloads nor secrets")
    func audit() async throws {
        let lines = CapturedLines()
        try await Self.withKeys(logger: lines.logger) { bench, _, keys in
            let admin = try #require(keys[.admin])
            let read = try #require(keys[.read])
            try await bench.post(
                "/instances", #"{"orchestration":"Waiting","id":"w","input":"my payload"}"#, Self.bearer(admin))
            try await bench.post("/instances/w/terminate", #"{"reason":"my payload"}"#, Self.bearer(read))
            try await bench.post("/instances/w/terminate", #"{"reason":"my payload"}"#, Self.bearer(admin))
            try await bench.post("/instances/w/events/Go", "\"my payload\"", Self.bearer(admin))
            _ = try await bench.http.ask(
                .post, "\(API.base)/instances/w/terminate?reason=my+payload&code=\(admin)", "")
            try await bench.get("/instances/w", Self.bearer(admin))
            let commands = lines.all.filter { $0.hasPrefix("Command") }
            #expect(
                commands.map { line in
                    line.split(separator: " ").filter { !$0.hasPrefix("key=") }.joined(separator: " ")
                }
                    == [
                        "Command by=admin command=startInstance status=201",
                        "Command by=admin command=terminateInstance instance=w status=204",
                        "Command by=admin command=raiseEvent instance=w status=409",
                        "Command by=admin command=terminate instance=w status=410",
                    ])
            let secrets = try keys.values.map { try #require($0.split(separator: "_").last) }
            #expect(!lines.all.contains { line in line.contains("payload") || secrets.contains { line.contains($0) } })
        }
    }

    @Test("An ID that would end a line does not end the line of the log")
    func hostileAudit() async throws {
        let lines = CapturedLines()
        try await APIBench.running(logger: lines.logger) { bench in
            #expect(try await bench.post("/instances/a%0Ab%1B%5B2J%E2%80%A8c/terminate").status == 400)
            _ = try await bench.http.ask(.post, "\(API.base)/instances/x%0Ay/terminate", "")
        }
        let commands = lines.all.filter { $0.hasPrefix("Command") }
        #expect(commands.first?.contains("instance=a\u{FFFD}b\u{FFFD}[2J\u{FFFD}c ") == true, "\(commands)")
        #expect(commands.last?.contains("instance=x\u{FFFD}y ") == true, "\(commands)")
    }

    @Test("Too many requests, large headers and long addresses have their own answers, on both faces")
    func limits() async throws {
        var options = ManagementOptions()
        options.requestsPerSecond = 3
        options.maximumURIBytes = 200
        options.maximumHeaderBytes = 300
        options.maximumBodyBytes = 1000
        try await APIBench.running(options) { bench in
            let large: HTTPFields = [.userAgent: String(repeating: "u", count: 400)]
            let long = "?prefix=" + String(repeating: "p", count: 300)
            #expect(try await bench.get("/me", large).status == 431)
            #expect(try await bench.get("/instances\(long)").status == 414)
            #expect(try await bench.http.ask(.get, "\(API.base)/instances\(long)").status == 414)
            let body = try await bench.post("/instances", "\"" + String(repeating: "b", count: 2000) + "\"")
            #expect(body.status == 413)
            #expect(body["field"] == "body")
            var answers: [Answer] = []
            for _ in 0..<6 { answers.append(try await bench.get("/me")) }
            let refused = try #require(answers.first { $0.status == 429 })
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused["code"] == "too-many-requests")
        }
    }

    @Test("The limit of requests lets a second's worth through, and then so many in each second")
    func bucket() {
        let limit = RequestLimit(perSecond: 10)
        let start = ContinuousClock.now
        for _ in 0..<10 { #expect(limit.take(for: "a", now: start) == nil) }
        #expect(limit.take(for: "a", now: start) == 1)
        #expect(limit.take(for: "b", now: start) == nil)
        #expect(limit.take(for: "a", now: start + .milliseconds(100)) == nil)
        #expect(limit.take(for: "a", now: start + .milliseconds(100)) == 1)
        for _ in 0..<10 { #expect(limit.take(for: "a", now: start + .seconds(60)) == nil) }
        #expect(limit.take(for: "a", now: start + .seconds(60)) == 1)
    }

    @Test("Pages of other origins read nothing unless they are allowed to, and then get the headers that browsers want")
    func crossOrigin() async throws {
        try await APIBench.running { bench in
            let foreign = try await bench.get("/me", [.origin: "https://evil.example"])
            #expect(foreign.status == 403)
            #expect(foreign.headers[.accessControlAllowOrigin] == nil)
            #expect(
                try await bench.http.ask(.options, "/api/v1/me", nil, [.origin: "https://evil.example"]).status == 405)
        }
        var options = ManagementOptions()
        options.crossOrigins = ["https://ops.example"]
        try await APIBench.running(options) { bench in
            let allowed = try await bench.get("/me", [.origin: "https://ops.example"])
            #expect(allowed.status == 200)
            #expect(allowed.headers[.accessControlAllowOrigin] == "https://ops.example")
            #expect(allowed.headers[.vary] == "Origin")
            let asked = try await bench.http.ask(
                .options, "/api/v1/instances", nil,
                [.origin: "https://ops.example", .accessControlRequestMethod: "POST"])
            #expect(asked.status == 204)
            #expect(
                asked.headers[.accessControlAllowHeaders]
                    == "authorization, content-type, if-none-match, x-api-key")
            let foreign = try await bench.get("/me", [.origin: "https://evil.example"])
            #expect(foreign.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test(
        "Addresses of this machine are recognised, and no others",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("[::1]", true), ("::ffff:127.0.0.1", true),
            ("localhost", true), ("", true), ("10.0.0.1", false), ("0.0.0.0", false), ("::", false),
            ("127.0.0.1.example.com", false), ("1270.0.0.1", false),
        ])
    func loopback(address: String, isLocal: Bool) {
        #expect(LoopbackAddress.contains(address) == isLocal)
    }

    @Test("Without keys a server refuses to listen for other machines")
    func noKeys() async throws {
        try await APIBench.running { bench in
            var configuration = ManagementServer.Configuration()
            configuration.address = "0.0.0.0"
            configuration.port = 0
            let server = ManagementServer(client: bench.hub, configuration: configuration, logger: APIBench.quiet)
            let error = await #expect(throws: ServerError.self) { try await server.run() }
            #expect(error?.message.contains("warren keys create") == true)
        }
    }

    @Test("Without keys a request that is known to come from another machine is refused")
    func otherMachines() throws {
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/api/v1/me"),
            body: RequestBody(buffer: ByteBuffer()))
        let control = AccessControl(.init(), logger: APIBench.quiet)
        #expect(throws: AccessDenied.self) { try control.caller(of: request, address: "10.0.0.1") }
        let local = try control.caller(of: request, address: "127.0.0.1")
        #expect(local.scopes == AccessScope.allCases)
    }
}

/// Log lines with their metadata, for tests.
final class CapturedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(target: self) } }

    private struct Handler: LogHandler {
        let target: CapturedLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            target.lines.withLock { $0.append(event.message.description + facts.joined()) }
        }
    }
}
#endif
