import Warren
import WarrenHost

private typealias Orders = CatalogShop.Orders
private let bank = CatalogShop.Bank()
private let fulfil = CatalogShop.fulfil

/// The code of the catalog of WarrenHost, which `scripts/soundness` compares with this. It is compiled, and not run: it needs a
/// broker of its own address.
private enum Program {
    struct Main {
        static func main() async {
            await TaskHubHost.main {
                let host = try TaskHubHost(
                    HostConfiguration(
                        hub: "shop", broker: "amqp://guest:guest@127.0.0.1:5672/", dataDirectory: "data"))
                host.register(Orders.fulfil, body: fulfil)
                host.register(Orders.charge) { order in try await bank.charge(order) }
                try await host.runUntilSignal()
            }
        }
    }
}

private func worker(broker: String) async throws {
    let worker = try TaskHubHost(
        HostConfiguration(hub: "shop", broker: broker, roles: [.activity]))
    try await worker.run()
}
