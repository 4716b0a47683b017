#if HTTP
public import Hummingbird
public import Logging
public import WarrenClient
public import WarrenHost
public import WarrenManagement
import ArgumentParser

/// Runs a sample with its HTTP API until SIGTERM or Ctrl-C: `/api/v1`, the routes of Durable Functions, the dashboard at
/// `/ui`, and routes of its own. They are served by the process that has the orchestrator role; with the roles split, the
/// others only run their part of the hub.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration; it names a broker.
///   - health: where health and metrics are served, if they are.
///   - http: where to listen, and the keys that callers need.
///   - options: rights and limits of callers.
///   - logger: for what concerns starting, stopping and connections.
///   - routes: adds the sample's own routes, which reach the hub through the client as any other program would.
public func serve(
    _ host: TaskHubHost, _ configuration: HostConfiguration, health: HealthPlace?, http: HTTPOptions,
    options: ManagementOptions = .init(), logger: Logger,
    routes: (TaskHubClient, Router<ManagementContext>) -> Void = { _, _ in }
) async throws {
    guard configuration.roles.contains(.orchestrator), let broker = configuration.broker.address else {
        return try await serve(host, configuration, health: health, logger: logger)
    }
    let client = try await TaskHubClient.connect(
        broker: broker, hub: configuration.hub, metrics: configuration.metrics, logger: logger)
    do {
        let web = try managementServer(client, host: host, http, options: options, logger: logger) {
            routes(client, $0)
        }
        try await serve(host, configuration, health: health, web: web, logger: logger)
    } catch {
        await client.close()
        throw error
    }
    await client.close()
}

/// Makes a sample's HTTP server: the HTTP API of the hub, and routes of the sample's own.
///
/// - Parameters:
///   - client: the connection to the hub.
///   - host: the host of this process; its own instances are read without a message.
///   - http: where to listen, and the keys that callers need.
///   - options: rights and limits of callers.
///   - logger: for connections, commands, and errors on this side.
///   - routes: adds the sample's own routes.
/// - Throws: `ValidationError` for a file of keys that cannot be used.
public func managementServer(
    _ client: TaskHubClient, host: TaskHubHost? = nil, _ http: HTTPOptions, options: ManagementOptions = .init(),
    logger: Logger,
    routes: (Router<ManagementContext>) -> Void
) throws -> ManagementServer {
    var server = ManagementServer.Configuration()
    server.address = http.httpAddress
    server.port = http.httpPort
    server.options = options
    do {
        if let file = http.httpKeys { server.options.keys = try AccessKeys(file: file, logger: logger) }
    } catch let error as AccessKeyError {
        throw ValidationError("--http-keys: \(error.message)")
    }
    return ManagementServer(
        client: client, host: host, configuration: server, logger: logger, routes: routes)
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
