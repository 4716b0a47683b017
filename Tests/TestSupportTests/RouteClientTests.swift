#if HTTP
import Hummingbird
import TestSupport
import Testing

@Suite("Asking routes", .timeLimit(.minutes(1)))
struct RouteClientTests {
    private struct Trouble: Error {}

    /// Answers with what it is asked: the first line, the host, the header fields that begin with `X-`, and the body.
    private static func echo() -> Router<BasicRequestContext> {
        let router = Router()
        for (path, method) in [("/", HTTPRequest.Method.get), ("/", .post), ("/", .purge), ("**", .purge)] {
            router.on(RouterPath(path), method: method) { request, _ in
                var lines = ["\(request.method) \(request.head.path ?? "")", request.head.authority ?? ""]
                for field in request.headers where field.name.canonicalName.hasPrefix("x-") {
                    lines.append("\(field.name): \(field.value)")
                }
                lines.append(String(buffer: try await request.body.collect(upTo: 10_000_000)))
                return lines.joined(separator: "\n")
            }
        }
        return router
    }

    @Test(
        "A request arrives as it is written, on either way", arguments: [RouteClient.Way.router, .socket],
        ["/?", "/a/../b//c/.", "/A%2fb%2F%C3%BC%00?q=%zz&&x=a+b", "/" + String(repeating: "x", count: 10_000)])
    func exact(way: RouteClient.Way, path: String) async throws {
        try await RouteClient.serving(Self.echo(), over: way) { client async throws in
            var request = HTTPRequest(method: .purge, scheme: "http", authority: "evil.example:7", path: path)
            let name = try #require(HTTPFields.Element.Name("X-Odd"))
            for value in ["one", "two, three", "ü"] { request.headerFields.append(.init(name: name, value: value)) }
            let answer = try await client.answer(to: request, body: "a\r\nü\u{0}")
            #expect(answer.status == 200)
            #expect(
                answer.body == "PURGE \(path)\nevil.example:7\nX-Odd: one\nX-Odd: two, three\nX-Odd: ü\na\r\nü\u{0}")
        }
    }

    @Test("Large bodies go and come whole", arguments: [RouteClient.Way.router, .socket])
    func large(way: RouteClient.Way) async throws {
        let body = String(repeating: "0123456789", count: 200_000)
        try await RouteClient.serving(Self.echo(), over: way) { client async throws in
            #expect(try await client.ask(.post, "/", body).body == "POST /\nlocalhost\n\(body)")
        }
    }

    @Test("A body that is announced and empty differs from none", arguments: [RouteClient.Way.router, .socket])
    func lengths(way: RouteClient.Way) async throws {
        let router = Router()
        router.post("/") { request, _ in request.headers[.contentLength] ?? "none" }
        try await RouteClient.serving(router, over: way) { client async throws in
            #expect(try await client.ask(.post, "/").body == "none")
            #expect(try await client.ask(.post, "/", "").body == "0")
            #expect(try await client.ask(.post, "/", "ü").body == "2")
        }
        try await RouteClient.serving(Self.echo(), over: way) { client async throws in
            #expect(try await client.ask(.get, "/").body == "GET /\nlocalhost\n")
        }
    }

    @Test("Answers without a length, and without a body, are read", arguments: [RouteClient.Way.router, .socket])
    func answers(way: RouteClient.Way) async throws {
        let router = Router()
        router.get("/parts") { _, _ in
            Response(
                status: .init(code: 299, reasonPhrase: "Odd"), headers: [.location: "http://elsewhere.example/"],
                body: ResponseBody { writer in
                    for part in ["one ", "two ", "three"] { try await writer.write(ByteBuffer(string: part)) }
                    try await writer.finish(nil)
                })
        }
        router.get("/moved") { _, _ in Response(status: .found, headers: [.location: "/parts"]) }
        router.head("/parts") { _, _ in Response(status: .ok, headers: [.contentLength: "13"]) }
        try await RouteClient.serving(router, over: way) { client async throws in
            let parts = try await client.ask(.get, "/parts")
            #expect(parts.status == 299 && parts.body == "one two three")
            #expect(parts.headers[.location] == "http://elsewhere.example/")
            #expect(try await client.ask(.get, "/moved").status == 302, "no redirect is followed")
            let head = try await client.ask(.head, "/parts")
            #expect(head.status == 200 && head.headers[.contentLength] == "13" && head.body == "")
        }
    }

    @Test("An error that a route throws becomes 500, on either way", arguments: [RouteClient.Way.router, .socket])
    func trouble(way: RouteClient.Way) async throws {
        let router = Router()
        router.get("/trouble") { _, _ -> String in throw Trouble() }
        router.get("/refused") { _, _ -> String in throw HTTPError(.forbidden) }
        try await RouteClient.serving(router, over: way) { client async throws in
            #expect(try await client.ask(.get, "/trouble").status == 500)
            #expect(try await client.ask(.get, "/refused").status == 403)
            #expect(try await client.ask(.get, "/nothing").status == 404)
        }
    }

    @Test("Serving ends with the test's body, and throws its error")
    func end() async throws {
        let port = try await RouteClient.serving(Self.echo(), over: .socket) { try #require($0.port) }
        await #expect(throws: (any Error).self) {
            try await RouteClient(port: port).ask(.get, "/")
        }
        await #expect(throws: Trouble.self) {
            try await RouteClient.serving(Self.echo(), over: .socket) { _ in throw Trouble() }
        }
    }
}

extension HTTPRequest.Method {
    fileprivate static let purge = HTTPRequest.Method("PURGE")!
}
#endif
