#if HTTP
public import Hummingbird
public import Logging
public import ServiceLifecycle
public import WarrenClient
public import WarrenHost
import Warren
import WarrenSupport

/// The HTTP API `/api/v1`: instances, commands, live events, dead letters and the state of the hub, described by
/// `/api/v1/openapi.json`.
///
/// ```swift
/// let api = ManagementAPI(client: client, options: options)
/// let router = Router()
/// api.add(to: router)
/// ```
///
/// It needs a client and nothing else, so it can be served from a host's process or from any other; every server answers
/// for every instance of the hub. In a host's process, give it the host as well: statuses of the host's own instances are
/// then read without a message. Run it as a service beside the server: `/events` and `/console` send what it receives
/// while ``run()`` runs, and are 503 otherwise.
///
/// ``ManagementRoutes`` has the routes of Durable Functions. ``ManagementServer`` serves both.
public struct ManagementAPI: Service {
    private let parts: ManagementParts
    let hub: HubReader
    let instanceFeed: LiveFeed
    let consoleFeed: LiveFeed
    /// Bounds the streams that stay open: live events, and histories that are followed.
    let streams: StreamLimit

    var client: TaskHubClient { parts.client }
    var options: ManagementOptions { parts.options }
    var logger: Logger { parts.logger }
    var access: AccessControl { parts.access }
    var names: KnownOrchestrations { parts.names }

    /// The path of all operations.
    static let base = "/api/v1"

    /// The API over the hub of a client.
    ///
    /// - Parameters:
    ///   - client: the connection to the hub.
    ///   - host: the hub's host in this process, if there is one; a host of another hub is not asked.
    ///   - options: keys, limits, and rights of browsers.
    ///   - logger: for errors on this side, which responses to callers only mention; and for commands, unless the
    ///     options name a log for them.
    public init(
        client: TaskHubClient, host: TaskHubHost? = nil, options: ManagementOptions = .init(),
        logger: Logger = Logger(label: "warren.http")
    ) {
        self.init(ManagementParts(client: client, host: host, options: options, logger: logger))
    }

    init(_ parts: ManagementParts) {
        self.parts = parts
        let (client, options, logger) = (parts.client, parts.options, parts.logger)
        hub = HubReader(client: client)
        let streams = StreamLimit(options.maximumStreams)
        self.streams = streams
        instanceFeed = LiveFeed(named: "instances", limit: streams, logger: logger) {
            try await client.liveInstances($0)
        }
        consoleFeed = LiveFeed(named: "console", limit: streams, logger: logger) { try await client.liveConsole($0) }
    }

    /// The status of an instance; `nil` if there is none.
    func readStatus(of id: String) async throws -> StatusCopy? { try await parts.status(of: id) }

    /// Receives what `/events` and `/console` send, for as long as somebody reads them, until the surrounding service
    /// group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await instanceFeed.run() }
                group.addTask { await consoleFeed.run() }
            }
        }
    }

    /// Adds all operations to a router.
    ///
    /// Add them to a router itself, not to a group: paths begin at its root. Middleware that was added to the router
    /// before runs first.
    public func add<Routes: RouterMethods>(to router: Routes) {
        _ = router.add(middleware: APIMiddleware<Routes.Context>(api: self, table: APITable(table)))
    }

    /// Answers a request, also when its operation throws.
    func respond(to request: Request, _ segments: [Substring], address: String?, _ table: APITable) async -> Response {
        let origin = CrossOrigin(options, request)
        if let preflight = origin.preflight { return preflight }
        var response: Response
        do {
            response = try await answer(to: request, segments, address: address, table)
        } catch {
            response = APIProblem(error, logger: logger).response(request)
        }
        origin.add(to: &response.headers)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        to request: Request, _ segments: [Substring], address: String?, _ table: APITable
    ) async throws -> Response {
        // 1. The caller, before anything else of the request is looked at.
        let (route, variables) = try table.route(request.method, segments)
        guard let scope = route.scope else {
            return try await route.handler(
                APIRequest(request, Caller(address: address), variables: variables, parameters: [], options))
        }
        let caller = try access.caller(of: request, address: address)
        try access.checkBrowser(request)
        try access.require(scope, of: caller)
        // 2. The request.
        let asked = try APIRequest(
            request, caller, variables: variables, parameters: route.parameters, options)
        guard route.isCommand else { return try await route.handler(asked) }
        // 3. The command, with its line in the log whatever becomes of it.
        do {
            let response = try await route.handler(asked)
            access.audit.record(
                route.name, instance: asked.auditedInstance, by: caller, status: response.status.code)
            return response
        } catch {
            let problem = APIProblem(error, logger: logger)
            access.audit.record(
                route.name, instance: asked.auditedInstance, by: caller, status: problem.status.code)
            throw problem
        }
    }
}
#endif
