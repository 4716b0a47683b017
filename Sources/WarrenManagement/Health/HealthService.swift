#if HTTP
import Hummingbird
public import Logging
public import ServiceLifecycle
public import WarrenHost

/// Serves a host's health and metrics over HTTP, for supervisors and monitoring.
///
/// | Path | Answer |
/// |---|---|
/// | `/health/live` | 200 as long as the process answers |
/// | `/health/ready` | 200 if the host can do its work, otherwise 503; JSON with a line for each check |
/// | `/metrics` | the metrics in Prometheus' text format, if there is a registry; otherwise 404 |
///
/// ```swift
/// let registry = PrometheusRegistry()
/// configuration.metrics = registry
/// let host = try TaskHubHost(configuration)
/// let health = HealthService(host: host, registry: registry, port: 9464)
/// let group = ServiceGroup(services: [health, host], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
///
/// Put it before the host in a service group: services end in the reverse order, so that it reports the host's end. It
/// asks nobody for a password, and `/health/ready` names files and reasons: it listens on this machine alone unless told
/// otherwise.
public struct HealthService: Service {
    private let service: RouterService

    /// Makes the service. It listens once it runs.
    ///
    /// - Parameters:
    ///   - host: the host to report on.
    ///   - registry: the registry that the host's configuration names; `nil` to serve no metrics.
    ///   - address: the address to listen at; `0.0.0.0` or `::` for all of this machine's.
    ///   - port: the port to listen at; 0 for any that is free.
    ///   - logger: for what concerns connections.
    public init(
        host: TaskHubHost, registry: PrometheusRegistry? = nil, address: String = "127.0.0.1", port: Int,
        logger: Logger = Logger(label: "warren.health")
    ) {
        let router = Router()
        HealthRoutes(host: host, registry: registry).add(to: router)
        service = RouterService(router, at: ListeningPlace(address, port), logger: logger)
    }

    /// The address at which it listens, such as `http://127.0.0.1:9464`; `nil` if it ended before it came to that. Ask
    /// once.
    public var address: String? { get async { await service.place.url } }

    /// Serves until the surrounding service group shuts down.
    ///
    /// - Throws: an error that names the address if it cannot listen there.
    public func run() async throws {
        do {
            try await service.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CannotServe(place: service.place.description, cause: error)
        }
    }

    private struct CannotServe: Error, CustomStringConvertible {
        let place: String
        let cause: any Error

        var description: String {
            "Health and metrics cannot be served at \(place): \(cause). Give another port, or 0 for any that is free."
        }
    }
}
#endif
