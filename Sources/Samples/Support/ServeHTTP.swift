#if HTTP
public import Hummingbird
public import Logging
public import WarrenClient
public import WarrenHost

/// Runs a sample with its routes until SIGTERM or Ctrl-C. The routes are served by the process that has the orchestrator
/// role; with the roles split, the others only run their part of the hub.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration; it names a broker.
///   - health: where health and metrics are served, if they are.
///   - http: where to listen.
///   - logger: for what concerns starting, stopping and connections.
///   - routes: adds the sample's routes, which reach the hub through the client as any other program would.
public func serve(
    _ host: TaskHubHost, _ configuration: HostConfiguration, health: HealthPlace?, http: HTTPOptions, logger: Logger,
    routes: (TaskHubClient, Router<BasicRequestContext>) -> Void
) async throws {
    guard configuration.roles.contains(.orchestrator), let broker = configuration.broker.address else {
        return try await serve(host, configuration, health: health, logger: logger)
    }
    let client = try await TaskHubClient.connect(
        broker: broker, hub: configuration.hub, metrics: configuration.metrics, logger: logger)
    let router = Router()
    routes(client, router)
    do {
        let web = WebServer(router: router, options: http, logger: logger)
        try await serve(host, configuration, health: health, web: web, logger: logger)
    } catch {
        await client.close()
        throw error
    }
    await client.close()
}
#else
public import Logging
public import WarrenHost

/// Logs that a sample was built without the trait `HTTP`, so that it serves no pages.
///
/// - Parameter logger: where to.
public func warnOfNoHTTP(_ logger: Logger) {
    logger.warning(
        "This program serves no HTTP: it was built without the trait HTTP. Build it with 'swift build --traits HTTP'")
}

/// Runs a sample that was built without the trait `HTTP`, and says so: nothing listens.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration.
///   - health: where health would be served.
///   - logger: for what concerns starting and stopping.
public func serveWithoutHTTP(
    _ host: TaskHubHost, _ configuration: HostConfiguration, health: HealthPlace?, logger: Logger
) async throws {
    warnOfNoHTTP(logger)
    try await serve(host, configuration, health: health, logger: logger)
}
#endif
