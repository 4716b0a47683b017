import Warren
import WarrenClient

private typealias Orders = CatalogShop.Orders

/// The code of the catalog of WarrenClient, which `scripts/soundness` compares with this. It is compiled, and not run: it needs
/// a broker of its own address.
private func start(_ order: CatalogShop.Order) async throws {
    let client = try await TaskHubClient.connect(broker: "amqp://guest:guest@127.0.0.1:5672/", hub: "shop")

    // Accepted when this returns; a second start with the ID finds the instance that there is.
    let instance = try await client.start(Orders.fulfil, order, id: "order-42")
    try await client.raise(Orders.approved, true, to: "order-42")

    do {
        print(try await instance.result(timeout: .minutes(5)))
    } catch let failure as OrchestrationFailure {
        print("it failed: \(failure)")
    } catch let error as ClientError where error.code == .timedOut {
        print("it goes on; ask again later")
    }
    await client.close()
}

private func take(_ client: TaskHubClient) async throws -> CatalogShop.Receipt {
    let instance = client.instance(of: Orders.fulfil, id: "order-42")
    let fulfilment = try await instance.result()
    return fulfilment
}

private func find(_ client: TaskHubClient) async throws {
    var query = InstanceQuery(name: "Fulfil", statuses: [.failed])
    query.includeOutput = true
    for try await status in client.instances(matching: query) {
        print(status.instanceID, status.failure?.message ?? "")
    }
}
