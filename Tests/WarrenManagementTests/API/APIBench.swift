#if HTTP
import Hummingbird
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import WarrenManagement

/// `/api/v1` over a hub that a host runs inside the process.
struct APIBench: Sendable {
    let api: ManagementAPI
    let hub: TaskHubClient
    let transport: InProcessTransport
    /// Asks the router, with every route on it.
    let http: RouteClient

    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    static func running(
        _ options: ManagementOptions = .init(), logger: Logger = quiet, over way: RouteClient.Way = .router,
        _ body: @escaping @Sendable (APIBench) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        var configuration = HostConfiguration(hub: "test", partitionCount: 2)
        configuration.reports.lifecycle = .everything
        var environment = HostEnvironment.production(for: configuration)
        environment.transport = { _, _ in transport }
        environment.ownsTransport = false
        let host = try TaskHubHost(configuration, environment: environment, logger: quiet)
        Functions.register(with: host)
        host.register(Orchestration<Void, Void>("Printing")) { context in
            context.print("nothing special")
            context.print("mind the <gap>", level: .warning)
        }
        for version in ["1.0", "2.0"] {
            host.register(Orchestration<Void, String>("Versioned"), version: version) { $0.version ?? "none" }
        }
        host.register(Orchestration<Void, JSONValue>("Family")) { context in
            try await context.call(Functions.hello, "child")
        }
        host.register(Orchestration<Void, Void>("Turning")) { context in
            if try await context.wait(for: Functions.go) { try context.continueAsNew() }
        }
        host.register(Orchestration<Void, String>("Calling")) { context in
            try await context.call(Activity<Void, String>("Nobody"))
        }
        host.register(Orchestration<Void, Void>("Holding")) { context in
            try await context.withLock(on: Functions.counter["q"]) { _ = try await context.wait(for: Functions.go) }
        }
        host.register(Orchestration<Void, Int>("Adding")) { context in
            try await context.call(Functions.add, 5, on: "q")
        }
        let running = Task { try await host.run() }
        try await withCleanUp {
            #expect(await host.isReady)
            let client = try await TaskHubClient(hub: "test", transport: transport, logger: quiet)
            try await withCleanUp {
                let api = ManagementAPI(client: client, options: options, logger: logger)
                let router = Router()
                api.add(to: router)
                ManagementRoutes(client: client, options: options, logger: logger).add(to: router)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await api.run() }
                    try await untilSeen("the feeds to run") { api.instanceFeed.isRunning && api.consoleFeed.isRunning }
                    try await RouteClient.serving(router, over: way) { http in
                        try await body(APIBench(api: api, hub: client, transport: transport, http: http))
                    }
                    group.cancelAll()
                }
            } afterwards: {
                await client.close()
            }
        } afterwards: {
            running.cancel()
            _ = await running.result
            await transport.shutdown()
        }
    }

    @discardableResult
    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        try await http.ask(.get, "/api/v1" + path, nil, headers)
    }

    @discardableResult
    func post(_ path: String, _ body: String? = nil, _ headers: HTTPFields = [:]) async throws -> Answer {
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        return try await http.ask(.post, "/api/v1" + path, body, headers)
    }

    @discardableResult
    func delete(_ path: String) async throws -> Answer { try await http.ask(.delete, "/api/v1" + path) }

    /// Starts an instance, and waits for its end.
    func run(_ orchestration: String, id: String, input: String = "null") async throws {
        let answer = try await post(
            "/instances", #"{"orchestration":"\#(orchestration)","id":"\#(id)","input":\#(input)}"#)
        #expect(answer.status == 201, "\(answer.body)")
        try await untilSeen("instance \(id) to end") {
            let status = try await get("/instances/\(id)?wait=30")
            return ["Completed", "Failed", "Terminated"].contains(status["runtimeStatus"]?.stringValue)
        }
    }

    /// Starts an instance that waits for the event `Go`.
    func open(_ id: String) async throws {
        let answer = try await post("/instances", #"{"orchestration":"Waiting","id":"\#(id)"}"#)
        #expect(answer.status == 201, "\(answer.body)")
        try await untilSeen("instance \(id) to run") {
            try await get("/instances/\(id)")["customStatus"] == "waiting"
        }
    }

    /// Raises the event `Go`.
    func raise(_ id: String, _ value: String) async throws {
        let answer = try await post("/instances/\(id)/events/Go", value)
        #expect(answer.status == 204, "\(answer.body)")
    }

    /// Follows a history as server-sent events until its end.
    ///
    /// - Parameter steps: what to do when the text has each of these, one after the other.
    func follow(
        _ id: String, _ steps: [(seen: String, body: @Sendable () async throws -> Void)]
    ) async throws -> String {
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "localhost", path: "/api/v1/instances/\(id)/history?follow=true",
            headerFields: [.accept: "text/event-stream"])
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let response = await api.respond(
            to: request, ["instances", id[...], "history"], address: nil, APITable(api.table))
        #expect(response.status == .ok)
        let reader = StepsText(steps)
        try await response.body.write(reader)
        return reader.text
    }

    /// Reads a stream until it has what is wanted.
    ///
    /// - Parameter begun: called when the stream has its first event `ready`.
    func stream(
        _ path: String, begun: @escaping @Sendable () async throws -> Void,
        until isEnough: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/api/v1" + path)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let segments = request.uri.path.dropFirst("/api/v1/".count).split(separator: "/")
        let response = await api.respond(to: request, segments, address: nil, APITable(api.table))
        #expect(response.status == .ok)
        let reader = StreamText(begun: begun, isEnough: isEnough)
        do {
            try await response.body.write(reader)
        } catch is StreamText.Enough {
            // What was wanted is there.
        }
        return reader.text
    }
}

/// Keeps what a stream writes, and does something at each of several places of it.
final class StepsText: ResponseBodyWriter, Sendable {
    typealias Step = (seen: String, body: @Sendable () async throws -> Void)

    private let state: Mutex<(text: String, steps: [Step])>

    init(_ steps: [Step]) {
        state = Mutex(("", steps))
    }

    var text: String { state.withLock { $0.text } }

    func write(_ part: ByteBuffer) async throws {
        let step = state.withLock { state -> Step? in
            state.text += String(buffer: part)
            guard let next = state.steps.first, state.text.contains(next.seen) else { return nil }
            return state.steps.removeFirst()
        }
        try await step?.body()
    }

    func finish(_ trailers: HTTPFields?) async throws {}
}

/// Keeps what a stream writes until it is enough.
final class StreamText: ResponseBodyWriter, Sendable {
    struct Enough: Error {}

    private let state = Mutex((text: "", hasBegun: false))
    private let begun: @Sendable () async throws -> Void
    private let isEnough: @Sendable (String) -> Bool

    init(begun: @escaping @Sendable () async throws -> Void, isEnough: @escaping @Sendable (String) -> Bool) {
        self.begun = begun
        self.isEnough = isEnough
    }

    var text: String { state.withLock { $0.text } }

    func write(_ part: ByteBuffer) async throws {
        let (text, begins) = state.withLock { state in
            state.text += String(buffer: part)
            let begins = !state.hasBegun && state.text.contains("event: ready")
            state.hasBegun = state.hasBegun || begins
            return (state.text, begins)
        }
        if begins { try await begun() }
        if isEnough(text) { throw Enough() }
    }

    func finish(_ trailers: HTTPFields?) async throws {}
}
#endif
