public import Logging
public import ServiceLifecycle
import UnixSignals
public import WarrenHost

/// Runs a sample until SIGTERM or Ctrl-C: its host and whatever else it serves. Prints `ready` when the host takes messages.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration, for what `ready` says.
///   - web: the sample's HTTP server; `ready` tells its address. When roles are split over processes, the one with the
///     orchestrator role serves it, and the others ignore it.
///   - services: what else runs beside it; stopped before the host.
///   - logger: for what concerns starting and stopping.
public func serve(
    _ host: TaskHubHost, _ configuration: HostConfiguration, web: WebServer? = nil, with services: [any Service] = [],
    logger: Logger
) async throws {
    let web: WebServer? = configuration.roles.contains(.orchestrator) ? web : nil
    let ready = ReadyLine(host: host, configuration: configuration, web: web)
    let beside = services + (web.map { [$0] } ?? [])
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: host), .init(service: ready, successTerminationBehavior: .ignore)]
                + beside.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
}
