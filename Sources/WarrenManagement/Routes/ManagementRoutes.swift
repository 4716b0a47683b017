#if HTTP
public import Hummingbird
public import Logging
import Warren
public import WarrenClient
public import WarrenHost
import Warren

/// The HTTP routes that start, show and control instances, as users of Durable Functions know them.
///
/// ```swift
/// let router = Router()
/// ManagementRoutes(client: client).add(to: router)
/// let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 7071)))
/// ```
///
/// The routes need a client and nothing else, so they can be served from the host's process or from any other. Without
/// ``ManagementOptions/keys`` they do not authenticate callers: serve them on 127.0.0.1, or behind a server that does.
/// Pages of other origins and hosts under unknown names cannot change anything then, see
/// ``ManagementOptions/allowedOrigins`` and ``ManagementOptions/allowedHosts``.
public struct ManagementRoutes: Sendable {
    private let parts: ManagementParts

    /// Routes over the hub of a client.
    ///
    /// - Parameters:
    ///   - client: the connection to the hub.
    ///   - host: the hub's host in this process, if there is one: statuses of its own instances are read without a
    ///     message.
    ///   - options: bounds, rights of browsers, and the form of URLs.
    ///   - logger: for errors on this side, which responses to callers only mention; and, at `info`, for the IDs of
    ///     started instances.
    public init(
        client: TaskHubClient, host: TaskHubHost? = nil, options: ManagementOptions = .init(),
        logger: Logger = Logger(label: "warren.http")
    ) {
        self.init(ManagementParts(client: client, host: host, options: options, logger: logger))
    }

    init(_ parts: ManagementParts) {
        self.parts = parts
    }

    var client: TaskHubClient { parts.client }
    var options: ManagementOptions { parts.options }
    var logger: Logger { parts.logger }
    var access: AccessControl { parts.access }
    var names: KnownOrchestrations { parts.names }

    /// The status of an instance; `nil` if there is none.
    func readStatus(of id: String) async throws -> OrchestrationStatus? { try await parts.status(of: id)?.status }

    /// The path of the instances' routes.
    static let base = "/runtime/webhooks/durabletask"
    /// The path where clients of the first version of Azure Functions look for them.
    static let firstBase = "/admin/extensions/DurableTaskExtension"
    /// The path where the language workers of Azure Functions look for them on their own machine.
    static let localBase = "/durabletask"

    /// Adds all routes. A path with another method than these is not found (404), not refused (405).
    ///
    /// Add them to a router itself, beside routes of your own, before or after them: the URLs in answers begin at its
    /// root, and the fixed parts of the paths are compared without regard to case. Middleware that was added to the
    /// router before, one that asks for a password for example, runs first, whatever the spelling of a path.
    ///
    /// Added to a group of a router, paths are compared as the router compares them. A group gets only requests that
    /// match one of its routes, so the router needs the option: `Router(options: .caseInsensitive)`.
    public func add<Routes: RouterMethods>(to router: Routes) {
        let table = table
        // A path without a route may be one of ours in another case.
        _ = router.add(middleware: AnyCaseRoutes<Routes.Context>(routes: self, table: table))
        for route in table {
            router.on(RouterPath(route.path), method: route.method) { request, context -> Response in
                await respond(to: request, context.parameters, with: route, address: context.callerAddress)
            }
        }
    }

    /// All routes.
    var table: [ManagementRoute] {
        var table: [ManagementRoute] = []
        func add(
            _ method: HTTPRequest.Method, _ path: String, _ scope: AccessScope,
            _ handler: @escaping ManagementRoute.Handler
        ) {
            table.append(ManagementRoute(method: method, path: path, scope: scope, handler: handler))
        }
        // Routes that start instances.
        for path in ["/api/orchestrators/:function", "/api/orchestrators/:function/:instance"] {
            add(.post, path, .start, start)
            if options.allowsStartByGet { add(.get, path, .start, start) }
        }
        for base in [Self.base, Self.firstBase, Self.localBase] {
            add(.post, "\(base)/orchestrators/:function", .start, start)
            add(.post, "\(base)/orchestrators/:function/:instance", .start, start)
            // Routes for many instances.
            add(.get, "\(base)/instances", .read, list)
            add(.head, "\(base)/instances", .read) { try await list($0).createHeadResponse() }
            add(.delete, "\(base)/instances", .control, purgeMatching)
            // Routes for entities.
            add(.get, "\(base)/entities", .read, entities)
            add(.get, "\(base)/entities/:name", .read, entities)
            add(.get, "\(base)/entities/:name/:key", .read, entity)
            add(.post, "\(base)/entities/:name/:key", .raise, signalEntity)
            add(.delete, "\(base)/entities/:name/:key", .control, deleteEntity)
            // Routes for one instance.
            add(.get, "\(base)/instances/:instance", .read, status)
            add(.head, "\(base)/instances/:instance", .read) { try await status($0).createHeadResponse() }
            add(.delete, "\(base)/instances/:instance", .control, purge)
            // Operations: terminate, suspend, resume, rewind, restart; raiseEvent with a name. They are compared
            // without regard to case.
            add(.post, "\(base)/instances/:instance/:operation", .control, operate)
            add(.post, "\(base)/instances/:instance/:operation/:event", .raise, raiseEvent)
        }
        return table
    }

    /// The instance, or the entity, that a request is about.
    private static func audited(_ parameters: Parameters) -> String? {
        if let id = parameters.get("instance") { return id.urlDecoded() }
        guard let name = parameters.get("name")?.urlDecoded(), let key = parameters.get("key")?.urlDecoded() else {
            return nil
        }
        return EntityID(name: name, key: key == "$" ? "" : key).instanceID
    }

    /// Answers a request by a route, also when the route throws.
    func respond(
        to request: Request, _ parameters: Parameters, with route: ManagementRoute, address: String?
    ) async -> Response {
        var caller: Caller?
        let response: Response
        do {
            // Clients of Azure Functions have their key in the query.
            let code = access.needsKeys ? try Query(request.uri.query ?? "")["code"] : nil
            let known = try access.caller(of: request, address: address, code: code)
            caller = known
            if route.changesSomething { try access.checkBrowser(request) }
            try access.require(route.scope(of: parameters), of: known)
            response = try await route.handler(ManagementRequest(request, parameters, options))
        } catch {
            let answer = ManagementError(error, logger: logger).response
            response = request.method == .head ? answer.createHeadResponse() : answer
        }
        if route.changesSomething, let caller {
            access.audit.record(
                route.command(of: parameters), instance: Self.audited(parameters), by: caller,
                status: response.status.code)
        }
        return response
    }
}
#endif
