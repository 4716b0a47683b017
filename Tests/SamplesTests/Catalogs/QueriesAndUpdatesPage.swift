import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// The code of the page on queries and updates.
@Suite("The page on queries and updates", .timeLimit(.minutes(1)))
struct QueriesAndUpdatesPage {
    enum Cart {
        static let flow = Orchestration<Void, [String]>("Cart")
        static let items = Query<Void, [String]>("items")
        static let addItem = Update<String, Int>("addItem")
        static let checkOut = Update<Void, Void>("checkOut")
        static let pay = Update<String, String>("pay")
    }

    private enum Payments {
        static let charge = Activity<String, String>("Charge")
    }

    private struct CartFull: Error {}
    private struct CartEmpty: Error {}

    func cart(_ context: OrchestrationContext) async throws -> [String] {
        var items: [String] = []
        var isCheckedOut = false
        context.answer(Cart.items) { items }
        context.accept(Cart.addItem, validate: { _ in if items.count >= 10 { throw CartFull() } }) { item in
            items.append(item)
            return items.count
        }
        context.accept(Cart.checkOut) { isCheckedOut = true }
        try await context.wait { isCheckedOut }
        return items
    }

    func paidCart(_ context: OrchestrationContext) async throws -> [String] {
        let items = ["tea"]
        var isPaid = false
        context.accept(Cart.pay, validate: { _ in if items.isEmpty { throw CartEmpty() } }) { card in
            let receipt = try await context.call(Payments.charge, card)
            isPaid = true
            return receipt
        }
        try await context.wait { isPaid }
        try await context.waitForUpdates()
        return items
    }

    private func register(with hub: TestHub) {
        hub.register(Cart.flow) { context in try await cart(context) }
    }

    @Test("A cart is filled, asked, and checked out", arguments: [false, true])
    func filled(replaying: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replaying)) { hub in
            register(with: hub)
            let client = try await hub.client
            let cart = try await client.start(Cart.flow)
            let count = try await cart.update(Cart.addItem, "tea")  // 1
            let items = try await cart.query(Cart.items)  // ["tea"]
            #expect(count == 1 && items == ["tea"])
            try await cart.update(Cart.checkOut)
            #expect(try await hub.result(of: cart) == ["tea"])
        }
    }

    @Test("A cart is paid by an update that calls an activity", arguments: [false, true])
    func paid(replaying: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replaying)) { hub in
            hub.register(Payments.charge) { card in "charged \(card)" }
            hub.register(Cart.flow) { context in try await paidCart(context) }
            let cart = try await hub.client.start(Cart.flow)
            #expect(try await cart.update(Cart.pay, "visa") == "charged visa")
            #expect(try await hub.result(of: cart) == ["tea"])
        }
    }
}
