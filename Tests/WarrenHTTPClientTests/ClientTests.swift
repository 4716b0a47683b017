import Synchronization
import Testing
import Warren

@testable import WarrenHTTPClient

/// The client against servers of the test on 127.0.0.1.
@Suite("Requests over HTTP", .timeLimit(.minutes(2)))
struct ClientTests {
    /// Rules that allow this machine, and nothing else that is refused by default.
    private static func rules(_ change: (inout HTTPCallRules) -> Void = { _ in }) -> HTTPCallRules {
        var rules = HTTPCallRules(refused: .standard.subtracting(.loopback))
        change(&rules)
        return rules
    }

    private static func failure(
        of request: DurableHTTPRequest, _ rules: HTTPCallRules
    ) async throws -> FailureDetails {
        let client = try HTTPClient(rules)
        do {
            let response = try await client.send(request)
            Issue.record("It was answered with \(response.status).")
            return FailureDetails(type: "", message: "")
        } catch let failure as FailureDetails {
            return failure
        }
    }

    @Test(
        "By default no spelling of this machine's addresses is connected to",
        arguments: [
            "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0.0.0.0", "[::1]", "[::]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "name.example",
        ])
    func loopback(host: String) async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, [:], "secret") }
        defer { server.stop() }
        var rules = HTTPCallRules()
        rules.addresses = ["name.example:\(server.port):127.0.0.1"]
        let failure = try await Self.failure(of: DurableHTTPRequest("http://\(host):\(server.port)/"), rules)
        #expect(failure.type == "HTTPRequestRefused" && failure.isNonRetriable)
        #expect(failure.message.contains("loopback"))
        #expect(server.requests.isEmpty)
    }

    @Test("A name that means metadata, and a redirect there, are refused although this machine is allowed")
    func rebinding() async throws {
        let server = try LoopbackServer { request in
            switch request.target {
            case "/address": LoopbackServer.answer(302, ["Location": "http://169.254.169.254/latest/meta-data/"])
            case "/mapped": LoopbackServer.answer(307, ["Location": "http://[::ffff:a9fe:a9fe]/"])
            case "/decimal": LoopbackServer.answer(301, ["Location": "http://2852039166/"])
            default: LoopbackServer.answer(303, ["Location": "http://metadata.example/"])
            }
        }
        defer { server.stop() }
        let rules = Self.rules { $0.addresses = ["metadata.example:80:169.254.169.254"] }
        for url in ["http://metadata.example/"] + ["/address", "/mapped", "/decimal", "/name"].map({ server.url + $0 })
        {
            let failure = try await Self.failure(of: DurableHTTPRequest(url), rules)
            #expect(failure.type == "HTTPRequestRefused", "\(url)")
            #expect(failure.message.contains("metadata"), "\(url)")
        }
    }

    @Test("Private networks are refused where the rules say so")
    func privateNetwork() async throws {
        let rules = Self.rules { $0.refused.insert(.privateNetwork) }
        let failure = try await Self.failure(of: DurableHTTPRequest("http://10.11.12.13/"), rules)
        #expect(failure.type == "HTTPRequestRefused" && failure.message.contains("private"))
    }

    @Test("A redirect to another scheme, or to a URL that cannot be called, is not followed")
    func otherScheme() async throws {
        for place in ["file:///etc/passwd", "gopher://127.0.0.1/", "http://a@127.0.0.1/", "dict://127.0.0.1:11211/"] {
            let server = try LoopbackServer { _ in LoopbackServer.answer(302, ["Location": place]) }
            defer { server.stop() }
            let failure = try await Self.failure(of: DurableHTTPRequest(server.url), Self.rules())
            #expect(failure.type == "HTTPAnswerRefused")
        }
        for url in ["file:///etc/passwd", "unix:///var/run/docker.sock", "ftp://127.0.0.1/"] {
            #expect(try await Self.failure(of: DurableHTTPRequest(url), Self.rules()).type == "HTTPRequestRefused")
        }
    }

    @Test("Headers that prove who calls stay with their origin; a credential goes to its origins only")
    func secrets() async throws {
        let other = try LoopbackServer { _ in LoopbackServer.answer(200) }
        let otherURL = other.url
        let server = try LoopbackServer { request in
            request.target == "/same"
                ? LoopbackServer.answer(302, ["Location": "/next"])
                : LoopbackServer.answer(307, ["Location": otherURL])
        }
        defer {
            server.stop()
            other.stop()
        }
        let rules = Self.rules {
            $0.credentials["c"] = HTTPCredential(headers: ["X-Token": "hidden"], origins: [server.url])
        }
        let client = try HTTPClient(rules)
        let headers: DurableHTTPHeaders = ["Authorization": "a", "Cookie": "b", "X-Api-Key": "c", "X-Plain": "d"]
        _ = try await client.send(
            DurableHTTPRequest(server.url + "/same", headers: headers, credential: "c"))
        let sent = server.requests
        #expect(sent.map(\.target) == ["/same", "/next"])
        for request in sent {
            #expect(request.headers["authorization"] == "a" && request.headers["x-token"] == "hidden")
        }
        let arrived = try #require(other.requests.first)
        #expect(arrived.headers["x-plain"] == "d")
        for name in ["authorization", "cookie", "x-api-key", "x-token"] { #expect(arrived.headers[name] == nil) }

        let elsewhere = try await Self.failure(of: DurableHTTPRequest(other.url, credential: "c"), rules)
        #expect(elsewhere.type == "HTTPRequestRefused" && !elsewhere.message.contains("hidden"))
        let unknown = try await Self.failure(of: DurableHTTPRequest(server.url, credential: "d"), rules)
        #expect(unknown.type == "HTTPRequestRefused" && unknown.message.contains("'d'"))
        #expect(!"\(rules)".contains("hidden"))
    }

    @Test("Bodies, headers and redirects of an answer have bounds")
    func bounds() async throws {
        let server = try LoopbackServer { request in
            switch request.target {
            case "/body": LoopbackServer.answer(200, [:], [UInt8](repeating: 97, count: 5000))
            case "/fits": LoopbackServer.answer(200, [:], [UInt8](repeating: 97, count: 4000))
            case "/headers": LoopbackServer.answer(200, ["X-Long": String(repeating: "a", count: 3000)])
            case "/multipart": LoopbackServer.answer(200, ["Content-Type": "Multipart/mixed; boundary=x"])
            default: LoopbackServer.answer(302, ["Location": "/again"])
            }
        }
        defer { server.stop() }
        let rules = Self.rules { ($0.maximumBody, $0.maximumHeaders, $0.maximumRedirects) = (4000, 2000, 3) }
        for (path, word) in [
            ("/body", "maximumBody"), ("/headers", "maximumHeaders"), ("/loop", "maximumRedirects"),
            ("/multipart", "multipart"),
        ] {
            let failure = try await Self.failure(of: DurableHTTPRequest(server.url + path), rules)
            #expect(failure.type == "HTTPAnswerRefused" && failure.message.contains(word))
        }
        #expect(server.requests.filter { $0.target == "/again" }.count == 3)
        #expect(try await HTTPClient(rules).send(DurableHTTPRequest(server.url + "/fits")).body.content.count == 4000)
        let none = Self.rules { $0.maximumRedirects = 0 }
        #expect(try await HTTPClient(none).send(DurableHTTPRequest(server.url)).status == 302)
    }

    @Test("Methods, headers and bodies arrive as they are given, and an answer as it was sent")
    func exchange() async throws {
        let server = try LoopbackServer { request in
            request.target == "/bytes"
                ? LoopbackServer.answer(404, ["X-A": "b"], [0, 159, 146])
                : LoopbackServer.answer(request.target == "/see" ? 303 : 200, ["Location": "/seen"], request.body)
        }
        defer { server.stop() }
        let client = try HTTPClient(Self.rules())
        let text = try await client.send(
            DurableHTTPRequest(server.url, method: "put", headers: ["X-Empty": ""], body: .text("né")))
        #expect(text.body == .text("né") && text.status == 200 && text.url == server.url + "/")
        let bytes = try await client.send(DurableHTTPRequest(server.url + "/bytes"))
        #expect(bytes.body == .bytes([0, 159, 146]) && bytes.status == 404 && bytes.headers["x-A"] == "b")
        _ = try await client.send(.json(server.url + "/see", ["a": 1]))
        #expect(try await client.send(DurableHTTPRequest(server.url, method: "HEAD")).body == .text(""))
        _ = try await client.send(DurableHTTPRequest(server.url, method: "POST"))
        let requests = server.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "POST", "GET", "HEAD", "POST"])
        #expect(requests[0].headers["content-type"] == "text/plain; charset=utf-8")
        #expect(requests[0].headers["x-empty"] == "" && requests[0].headers["expect"] == nil)
        #expect(
            requests[2].headers["content-type"] == "application/json" && requests[2].body == Array(#"{"a":1}"#.utf8))
        #expect(requests[3].headers["content-type"] == nil && requests[3].target == "/seen")
        #expect(requests[5].headers["content-length"] == "0" && requests[5].headers["content-type"] == nil)
    }

    @Test("What cannot be sent as it is is refused, with the reason and without the values of headers")
    func badRequests() async throws {
        let url = "http://127.0.0.1:1/"
        let bad: [(DurableHTTPRequest, String)] = [
            (DurableHTTPRequest(url, method: "CONNECT"), "CONNECT"),
            (DurableHTTPRequest(url, method: "GET /x HTTP/1.1\r\nX:"), "method"),
            (DurableHTTPRequest(url, headers: ["Host": "other"]), "host"),
            (DurableHTTPRequest(url, headers: ["Content-Length": "5"]), "content-length"),
            (DurableHTTPRequest(url, headers: ["X-A": "hidden\r\nX-B: c"]), "x-a"),
            (DurableHTTPRequest(url, headers: ["X A": "hidden"]), "token"),
            (DurableHTTPRequest(url, headers: ["Content-Type": "multipart/form-data"], body: .text("")), "multipart"),
            (DurableHTTPRequest(url, timeout: .hours(2)), "longestTimeout"),
        ]
        for (request, word) in bad {
            let failure = try await Self.failure(of: request, Self.rules())
            #expect(failure.type == "HTTPRequestRefused" && failure.isNonRetriable)
            #expect(failure.message.contains(word) && !failure.message.contains("hidden"))
        }
    }

    @Test("A status is a failure only where the request says so, and carries the answer")
    func statuses() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(503, ["Retry-After": "7"], "later") }
        defer { server.stop() }
        var request = DurableHTTPRequest(server.url + "/?key=hidden")
        for failOn: [Int]? in [nil, [500, 502]] {
            request.failOn = failOn
            #expect(try await HTTPClient(Self.rules()).send(request).status == 503)
        }
        for failOn in [[], [503]] {
            request.failOn = failOn
            let failure = try await Self.failure(of: request, Self.rules())
            #expect(failure.type == "HTTPStatus" && !failure.isNonRetriable && !failure.message.contains("hidden"))
            #expect(failure.details(as: DurableHTTPResponse.self)?.headers["retry-after"] == "7")
        }
    }

    @Test("A server that does not answer, and a port without one, are failures that can be tried again")
    func unanswered() async throws {
        let server = try LoopbackServer { _ in nil }
        let silent = try await Self.failure(
            of: DurableHTTPRequest(server.url, timeout: .milliseconds(200)), Self.rules())
        #expect(silent.type == "HTTPTimeout" && !silent.isNonRetriable)
        await server.connectionClosed()
        server.stop()
        let closed = try LoopbackServer { _ in nil }
        closed.stop()
        let listens = try await Self.failure(of: DurableHTTPRequest("http://127.0.0.1:1/"), Self.rules())
        #expect(listens.type == "HTTPConnection" && !listens.isNonRetriable)
    }

    @Test("Cancelling a call closes its connection, and requests beyond the concurrency wait for a place")
    func cancelled() async throws {
        let began = AsyncStream<Void>.makeStream()
        let server = try LoopbackServer { request in
            if request.target == "/fast" { return LoopbackServer.answer(200) }
            began.continuation.yield()
            return nil
        }
        defer { server.stop() }
        let client = try HTTPClient(Self.rules { $0.concurrency = 1 })
        let slow = Task { try await client.send(DurableHTTPRequest(server.url + "/slow")) }
        for await _ in began.stream { break }
        let fast = Task { try await client.send(DurableHTTPRequest(server.url + "/fast")) }
        slow.cancel()
        await #expect(throws: CancellationError.self) { try await slow.value }
        #expect(try await fast.value.status == 200)
        await server.connectionClosed()
    }

    @Test("Rules out of their range are named")
    func badRules() {
        let bad: [((inout HTTPCallRules) -> Void, String)] = [
            ({ $0.timeout = .zero }, "timeout"), ({ $0.longestTimeout = .seconds(1) }, "longestTimeout"),
            ({ $0.maximumRedirects = 51 }, "maximumRedirects"), ({ $0.maximumBody = -1 }, "maximumBody"),
            ({ $0.maximumHeaders = 1 }, "maximumHeaders"), ({ $0.concurrency = 0 }, "concurrency"),
            ({ $0.credentials["c"] = HTTPCredential(headers: [:], origins: []) }, "origins"),
            ({ $0.credentials["c"] = HTTPCredential(headers: [:], origins: ["https://a/b"]) }, "path"),
            ({ $0.credentials["c"] = HTTPCredential(headers: ["A": "hidden\n"], origins: ["https://a"]) }, "'A'"),
        ]
        for (change, word) in bad {
            let error = #expect(throws: HTTPRulesError.self) { try HTTPClient(Self.rules(change)) }
            #expect(error?.description.contains(word) == true && error?.description.contains("hidden") == false)
        }
    }
}
