public import Logging
public import ServiceLifecycle
import UnixSignals
public import WarrenHost

/// Runs a sample until SIGTERM or Ctrl-C: its host and whatever else it serves. Prints `ready` when the host takes messages.
///
/// - Parameters:
///   - host: the host, with its functions registered.
///   - configuration: the host's configuration, for what `ready` says.
///   - services: what runs beside it, such as an HTTP server; stopped before the host.
///   - place: waits until those take requests, and says where, for the ready line; `nil` if they never will.
///   - logger: for what concerns starting and stopping.
public func serve(
    _ host: TaskHubHost, _ configuration: HostConfiguration, with services: [any Service] = [],
    at place: @escaping @Sendable () async -> String? = { nil }, logger: Logger
) async throws {
    let ready = ReadyLine(host: host, configuration: configuration, place: place)
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: host), .init(service: ready, successTerminationBehavior: .ignore)]
                + services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
}
