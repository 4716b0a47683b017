#if HTTP
public import Hummingbird
public import WarrenHost
import WarrenSupport

/// The routes of ``HealthService``, for a server of your own.
public struct HealthRoutes: Sendable {
    private let host: TaskHubHost
    private let registry: PrometheusRegistry?

    /// Makes the routes.
    ///
    /// - Parameters:
    ///   - host: the host to report on.
    ///   - registry: the registry that the host's configuration names; `nil` to serve no metrics.
    public init(host: TaskHubHost, registry: PrometheusRegistry? = nil) {
        self.host = host
        self.registry = registry
    }

    /// Adds the routes `/health/live`, `/health/ready` and, if there is a registry, `/metrics`.
    public func add<Routes: RouterMethods>(to router: Routes) {
        add("/health/live", to: router) {
            Self.uncached(.init(status: .ok, json: Array("{\"status\":\"alive\"}\n".utf8)))
        }
        add("/health/ready", to: router) { [host] in
            let health = host.health
            return Self.uncached(.init(status: health.isReady ? .ok : .serviceUnavailable, json: health.json))
        }
        guard let registry else { return }
        add("/metrics", to: router) { [host] in
            host.recordGauges()
            let body = ByteBuffer(string: registry.text())
            return Self.uncached(
                Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: body)))
        }
    }

    private func add<Routes: RouterMethods>(
        _ path: String, to router: Routes, _ respond: @escaping @Sendable () -> Response
    ) {
        router.get(RouterPath(path)) { _, _ in respond() }
        router.head(RouterPath(path)) { _, _ in respond().createHeadResponse() }
    }

    /// A response that no cache between here and the reader may keep.
    private static func uncached(_ response: Response) -> Response {
        var response = response
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension HostHealth {
    /// The health as JSON, with a line for each check.
    var json: [UInt8] {
        var lines: [String] = []
        for check in checks {
            var object = JSONObjectWriter()
            object.add("name", check.name)
            object.add("ready", check.isPassed)
            object.add("detail", check.detail)
            lines.append("  " + object.text)
        }
        let status = isReady ? "ready" : "not ready"
        return Array("{\"status\":\"\(status)\",\"checks\":[\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
    }
}
#endif
