#if HTTP
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import WarrenManagement

/// Statuses that the server answers on the event loop of a connection, from the memory of the host beside it.
@Suite("HTTP API: statuses from memory", .timeLimit(.minutes(1)))
struct DirectStatusTests {
    private struct Hub: Sendable {
        var host: TaskHubHost
        var client: TaskHubClient
        var counting: CountingTransport

        func parts(_ options: ManagementOptions = .init()) -> ManagementParts {
            ManagementParts(client: client, host: host, options: options, logger: APIBench.quiet)
        }

        /// Starts an instance, and reads its status when it has ended, so that the status is in memory.
        func run(_ id: String) async throws {
            _ = try await client.start(Functions.hello, "x", id: id).result()
            guard case .found = await host.committedStatus(of: id) else {
                Issue.record("'\(id)' was not read")
                return
            }
        }
    }

    private func running(_ body: @escaping @Sendable (Hub) async throws -> Void) async throws {
        let transport = InProcessTransport()
        let configuration = HostConfiguration(hub: "test", partitionCount: 2)
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let host = try TaskHubHost(configuration, environment: environment, logger: APIBench.quiet)
        Functions.register(with: host)
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let counting = CountingTransport(transport)
            let client = try await TaskHubClient(hub: "test", transport: counting, logger: APIBench.quiet)
            try await withCleanUp {
                try await body(Hub(host: host, client: client, counting: counting))
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    /// A connection with nothing but the handler: what comes out of it was answered in memory, what goes in was left to the
    /// router.
    private struct Wire {
        let channel: EmbeddedChannel

        init(_ parts: ManagementParts, idleTime: TimeAmount? = .seconds(120)) throws {
            channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandler(
                DirectStatusHandler(DirectStatuses(parts), idleTime: idleTime))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7072)).wait()
        }

        static func head(
            _ uri: String, _ headers: [(String, String)] = [], method: HTTPMethod = .GET,
            version: HTTPVersion = .http1_1
        ) -> HTTPServerRequestPart {
            .head(
                HTTPRequestHead(
                    version: version, method: method, uri: uri,
                    headers: HTTPHeaders([("Host", "localhost:7072")] + headers)))
        }

        /// Lets parts arrive in one read, as those of a small request do.
        func read(_ parts: HTTPServerRequestPart...) {
            for part in parts { channel.pipeline.fireChannelRead(part) }
            channel.pipeline.fireChannelReadComplete()
        }

        /// Sends a request without a body.
        ///
        /// - Returns: the answer from memory, or `nil` if the request went on to the router.
        func ask(
            _ uri: String, _ headers: [(String, String)] = [], method: HTTPMethod = .GET,
            version: HTTPVersion = .http1_1
        ) throws -> (head: HTTPResponseHead, body: String)? {
            read(Self.head(uri, headers, method: method, version: version), .end(nil))
            if let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                guard case .head(let head) = part else { throw Disorder() }
                #expect(head.uri == uri)
                guard case .end? = try channel.readInbound(as: HTTPServerRequestPart.self) else { throw Disorder() }
                #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
                try answerFromRouter()
                return nil
            }
            return try answer()
        }

        /// Writes an answer as the router does, and takes it away.
        func answerFromRouter() throws {
            let head = HTTPResponseHead(version: .http1_1, status: .ok)
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            for _ in 0..<2 { _ = try channel.readOutbound(as: HTTPServerResponsePart.self) }
        }

        func answer() throws -> (head: HTTPResponseHead, body: String)? {
            guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
                throw Disorder()
            }
            var body = ""
            while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
                switch part {
                case .body(.byteBuffer(let bytes)): body += String(buffer: bytes)
                case .end: return (head, body)
                default: throw Disorder()
                }
            }
            throw Disorder()
        }

        struct Disorder: Error {}
    }

    private static let path = "/api/v1/instances/done"

    @Test("A status in memory is answered without the router, with the words and the headers of the router")
    func sameAnswer() async throws {
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts())
            let near = try #require(try wire.ask(Self.path))
            _ = hub.counting.take()
            let router = Router()
            ManagementAPI(hub.parts()).add(to: router)
            try await RouteClient.serving(router) { client in
                for headers: HTTPFields in [[:], [.ifNoneMatch: near.head.headers.first(name: "etag") ?? ""]] {
                    let far = try await client.ask(.get, Self.path, nil, headers)
                    let near = try #require(
                        try wire.ask(Self.path, headers.map { ($0.name.rawName, $0.value) }))
                    #expect(Int(near.head.status.code) == far.status && near.body == far.body)
                    for field in far.headers where field.name != .date && field.name != .contentLength {
                        #expect(near.head.headers[field.name.rawName] == [field.value], "\(field.name)")
                    }
                    #expect(near.head.headers.first(name: "date")?.hasSuffix(" GMT") == true)
                    let length = near.head.headers.first(name: "content-length")
                    #expect(length == (far.status == 304 ? nil : "\(near.body.utf8.count)"))
                }
            }
            #expect(hub.counting.take() == 0)
        }
    }

    @Test("Everything but the plainest request is left to the router, whole and in order")
    func leftToTheRouter() async throws {
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts())
            for (uri, headers) in [
                ("\(Self.path)?wait=1", []), ("\(Self.path)/history", []), ("/api/v1/instances/", []),
                ("/api/v1/instances/d%6Fne", []), ("/api/v1/instances/nobody", []), ("/api/v1/instances", []),
                ("/ui/", []), (Self.path, [("Connection", "close")]), (Self.path, [("Connection", "upgrade")]),
                (Self.path, [("Origin", "https://evil.example")]),
                (Self.path, Array(repeating: ("X-Much", "1"), count: 50)),
            ] as [(String, [(String, String)])] {
                #expect(try wire.ask(uri, headers) == nil, "\(uri) \(headers)")
            }
            #expect(try wire.ask(Self.path, method: .HEAD) == nil)
            #expect(try wire.ask(Self.path, method: .DELETE) == nil)
            #expect(try wire.ask(Self.path, version: .http1_0) == nil)
            #expect(try wire.ask(Self.path, [("Connection", "Keep-Alive")]) != nil)
            // A body.
            wire.read(
                Wire.head(Self.path, [("Content-Length", "1")]), .body(ByteBuffer(string: "x")), .end(nil))
            for _ in 0..<3 {
                #expect(try wire.channel.readInbound(as: HTTPServerRequestPart.self) != nil)
            }
            try wire.answerFromRouter()
            #expect(try wire.ask(Self.path) != nil)
            // An instance that has changed since is read anew.
            try await hub.client.purge("done")
            #expect(try wire.ask(Self.path) == nil)
        }
    }

    @Test("While the router has a request, later ones follow it there, so that answers keep their order")
    func order() async throws {
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts())
            wire.read(Wire.head("/ui/"), .end(nil), Wire.head(Self.path), .end(nil))
            for _ in 0..<4 { #expect(try wire.channel.readInbound(as: HTTPServerRequestPart.self) != nil) }
            #expect(try wire.channel.readOutbound(as: HTTPServerResponsePart.self) == nil)
            try wire.answerFromRouter()
            try wire.answerFromRouter()
            #expect(try wire.ask(Self.path) != nil)
            // A head without its end does not wait here.
            wire.read(Wire.head(Self.path))
            #expect(try wire.channel.readInbound(as: HTTPServerRequestPart.self) != nil)
        }
    }

    @Test("Now and then a request goes the long way, so that the connection does not count as idle")
    func idle() async throws {
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts(), idleTime: .nanoseconds(4))
            #expect(try wire.ask(Self.path) == nil)
        }
    }

    @Test("Keys, their rights and the limit of requests count as with the router")
    func access() async throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        let reader = try folder.add("reader", [.read])
        let starter = try folder.add("starter", [.start])
        var options = ManagementOptions()
        options.keys = try AccessKeys(file: folder.path, logger: APIBench.quiet)
        options.requestsPerSecond = 3
        let known = options
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts(known))
            #expect(try wire.ask(Self.path) == nil)
            #expect(try wire.ask(Self.path, [("x-api-key", "wk_wrong")]) == nil)
            #expect(try wire.ask(Self.path, [("x-api-key", starter)]) == nil)
            for _ in 0..<3 { #expect(try wire.ask(Self.path, [("Authorization", "Bearer \(reader)")]) != nil) }
            #expect(try wire.ask(Self.path, [("x-api-key", reader)]) == nil)
        }
    }

    @Test("Pages of an origin that may read get the headers for it")
    func origins() async throws {
        var options = ManagementOptions()
        options.crossOrigins = ["https://ops.example.com"]
        let known = options
        try await running { hub in
            try await hub.run("done")
            let wire = try Wire(hub.parts(known))
            let page = try #require(try wire.ask(Self.path, [("Origin", "https://ops.example.com")]))
            #expect(page.head.headers["access-control-allow-origin"] == ["https://ops.example.com"])
            #expect(try #require(try wire.ask(Self.path)).head.headers["vary"] == ["Origin"])
        }
    }

    @Test("Over a socket a server beside its host answers polls, changes and conditional requests alike")
    func overASocket() async throws {
        try await running { hub in
            var configuration = ManagementServer.Configuration()
            configuration.port = 0
            let server = ManagementServer(
                client: hub.client, host: hub.host, configuration: configuration, logger: APIBench.quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let port = try #require(await server.address?.split(separator: ":").last.flatMap { Int($0) })
                let client = RouteClient(port: port)
                let started = try await client.ask(
                    .post, "/api/v1/instances", #"{"orchestration":"Waiting","id":"open"}"#,
                    [.contentType: "application/json"])
                #expect(started.status == 201)
                let path = "/api/v1/instances/open"
                try await untilSeen("it to wait") { try await client.ask(.get, path)["customStatus"] == "waiting" }
                let tag = try #require(try await client.ask(.get, path).headers[.eTag])
                for _ in 0..<3 {
                    let same = try await client.ask(.get, path, nil, [.ifNoneMatch: tag])
                    #expect(same.status == 304 && same.body.isEmpty && same.headers[.eTag] == tag)
                }
                let paused = try await client.ask(
                    .post, path + "/suspend", #"{"reason":"lunch"}"#, [.contentType: "application/json"])
                #expect(paused.status == 204, "\(paused.body)")
                let changed = try await client.ask(.get, path, nil, [.ifNoneMatch: tag])
                #expect(changed.status == 200 && changed["runtimeStatus"] == "Suspended")
                #expect(changed.headers[.eTag] != tag)
                group.cancelAll()
            }
        }
    }
}
#endif
