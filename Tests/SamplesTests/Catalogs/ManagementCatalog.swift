#if HTTP
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals
import WarrenClient
import WarrenHost
import WarrenManagement

/// The code of the catalog of WarrenManagement, which `scripts/soundness` compares with this. It is compiled, and not run: it
/// needs a broker and a file of keys.
private func everything(broker: String, _ host: TaskHubHost) async throws {
    let client = try await TaskHubClient.connect(broker: broker, hub: "shop")
    var configuration = ManagementServer.Configuration()
    configuration.options.keys = try AccessKeys(file: "/etc/warren/keys.json")  // made by `warren keys create`
    let server = ManagementServer(client: client, configuration: configuration)
    try await host.runUntilSignal(with: [server])
}

private func routes(_ client: TaskHubClient) async throws {
    let router = Router()
    router.get("/shop/offers") { _, _ in "nothing is cheaper today" }
    ManagementRoutes(client: client).add(to: router)
    try await Application(router: router).runService()
}

private func health(_ given: HostConfiguration, logger: Logger) async throws {
    var configuration = given
    let registry = PrometheusRegistry()
    configuration.metrics = registry
    let host = try TaskHubHost(configuration)
    let health = HealthService(host: host, registry: registry, port: 9464)
    let group = ServiceGroup(services: [health, host], gracefulShutdownSignals: [.sigterm], logger: logger)
    try await group.run()
}
#endif
