public import Hummingbird
public import Logging
public import WarrenClient

/// The HTTP routes that start, show and steer instances, as users of Durable Functions know them.
///
/// ```swift
/// let router = Router()
/// ManagementRoutes(client: client).add(to: router)
/// let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 7071)))
/// ```
///
/// The routes know a client and nothing else, so that they can be served from the host's process or from any other.
/// They ask nobody who they are: serve them on 127.0.0.1, or behind something that does.
public struct ManagementRoutes: Sendable {
    let client: TaskHubClient
    let options: ManagementOptions
    let logger: Logger
    let names = KnownOrchestrations()

    /// Routes that ask the hub of a client.
    ///
    /// - Parameters:
    ///   - client: how the hub is reached.
    ///   - options: bounds, and how URLs are made.
    ///   - logger: for what went wrong on our side, of which callers are told in the response only that it did; and,
    ///     at `info`, for the IDs of started instances.
    public init(
        client: TaskHubClient, options: ManagementOptions = .init(), logger: Logger = Logger(label: "warren.http")
    ) {
        self.client = client
        self.options = options
        self.logger = logger
    }

    /// Where the instances' routes are.
    static let base = "/runtime/webhooks/durabletask"

    /// Adds all routes. A path with another method than these is not found (404), not refused (405).
    public func add<Routes: RouterMethods>(to router: Routes) {
        // Starting
        route(router, "/api/orchestrators/:function", .get, start)
        route(router, "/api/orchestrators/:function", .post, start)
        route(router, "/api/orchestrators/:function/:instance", .get, start)
        route(router, "/api/orchestrators/:function/:instance", .post, start)
        route(router, "\(Self.base)/orchestrators/:function", .post, start)
        route(router, "\(Self.base)/orchestrators/:function/:instance", .post, start)
        // Many instances
        route(router, "\(Self.base)/instances", .get, list)
        route(router, "\(Self.base)/instances", .delete, purgeMatching)
        // One instance
        route(router, "\(Self.base)/instances/:instance", .get, status)
        route(router, "\(Self.base)/instances/:instance", .delete, purge)
        // terminate, suspend, resume, rewind, restart; raiseEvent with a name. Operations are words in any case.
        route(router, "\(Self.base)/instances/:instance/:operation", .post, operate)
        route(router, "\(Self.base)/instances/:instance/:operation/:event", .post, raiseEvent)
    }

    private func route<Routes: RouterMethods>(
        _ router: Routes, _ path: String, _ method: HTTPRequest.Method,
        _ handler: @escaping @Sendable (ManagementRequest) async throws -> Response
    ) {
        let options = options
        let logger = logger
        router.on(RouterPath(path), method: method) { request, context -> Response in
            do {
                return try await handler(ManagementRequest(request, context.parameters, options))
            } catch {
                return ManagementError(error, logger: logger).response
            }
        }
    }
}
