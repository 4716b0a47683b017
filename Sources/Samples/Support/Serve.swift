public import Logging
public import ServiceLifecycle
import UnixSignals
public import WarrenHost
import WarrenManagement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a sample until SIGTERM or Ctrl-C: its host and whatever else it serves. Prints `ready` when the host takes messages.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration, for what `ready` says.
///   - health: where health and metrics are served, if they are; `ready` tells the address. Every process serves its own.
///   - web: the sample's HTTP server; `ready` tells its address. When roles are split over processes, the one with the
///     orchestrator role serves it, and the others ignore it.
///   - services: what else runs beside it; stopped before the host.
///   - logger: for what concerns starting and stopping.
public func serve(
    _ host: TaskHubHost, _ configuration: HostConfiguration, health: HealthPlace?, web: (any WebService)? = nil,
    with services: [any Service] = [], logger: Logger
) async throws {
    let web: (any WebService)? = configuration.roles.contains(.orchestrator) ? web : nil
    #if HTTP
    let server = health.map { place in
        HealthService(
            host: host, registry: configuration.metrics as? PrometheusRegistry, address: place.address,
            port: place.port, logger: logger)
    }
    // It ends after the host, so that it reports the host's end.
    let before: [any Service] = server.map { [$0] } ?? []
    let healthAddress = server.map { server in { @Sendable in await server.address } }
    #else
    let before: [any Service] = []
    let healthAddress: (@Sendable () async -> String?)? = nil
    #endif
    let ready = ReadyLine(host: host, configuration: configuration, web: web, health: healthAddress)
    let beside = services + (web.map { [$0] } ?? [])
    let group = ServiceGroup(
        configuration: .init(
            services: before.map { .init(service: $0) }
                + [.init(service: host), .init(service: ready, successTerminationBehavior: .ignore)]
                + beside.map { .init(service: $0) }
                // The last one is the first to be asked to stop, and tells systemd so.
                + [.init(service: SystemdNotifier(host: host, environment: ProcessInfo.processInfo.environment))],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
}
