import Synchronization
import Testing
import Warren
import WarrenClient
import WarrenTestKit

private typealias Orders = CatalogShop.Orders
private typealias Receipt = CatalogShop.Receipt
private typealias BankUnavailable = CatalogShop.BankUnavailable

private func registerOrders(with registrar: some FunctionRegistrar) {
    CatalogShop.register(with: registrar)
}

/// The code of the catalog of WarrenTestKit, which `scripts/soundness` compares with this.
@Suite("Code of the test kit's catalog", .timeLimit(.minutes(1)))
struct TestKitCatalogTests {
    private let order = CatalogShop.Order(card: "1", amount: 3)

    @Test("An order that nobody approves for three days is escalated", arguments: [false, true])
    func escalation(replaying: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replaying)) { hub in
            registerOrders(with: hub)
            hub.replace(Orders.escalate) { order in "escalated" }

            let instance = try await hub.client.start(Orders.approval, order)
            try await hub.advance(by: .days(3))

            #expect(try await hub.result(of: instance) == "escalated")
        }
    }

    @Test("An activity that fails twice is one that counts")
    func counting() async throws {
        try await withTaskHub { hub in
            registerOrders(with: hub)
            let attempts = Mutex(0)
            hub.replace(Orders.charge) { order in
                let attempt = attempts.withLock { count in
                    count += 1
                    return count
                }
                if attempt < 3 { throw BankUnavailable() }
                return Receipt(order)
            }
            hub.register(Self.patient) { context, order in
                let retry = RetryPolicy(maxAttempts: 3, firstInterval: .seconds(1))
                return try await context.call(Orders.charge, order, retry: retry)
            }
            let instance = try await hub.client.start(Self.patient, order)
            #expect(try await hub.result(of: instance).amount == 3)
        }
    }

    private static let patient = Orchestration<CatalogShop.Order, Receipt>("Patient")
}
