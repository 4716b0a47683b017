import Warren

/// What the code of the catalogs is about: orders of a shop.
enum CatalogShop {
    struct Order: Codable, Sendable {
        var card: String
        var amount: Int
    }

    struct Receipt: Codable, Sendable {
        let amount: Int

        init(_ order: Order) {
            amount = order.amount
        }
    }

    struct BankUnavailable: Error {}

    /// The bank that activities speak to.
    struct Bank: Sendable {
        func charge(_ order: Order) async throws -> Receipt { Receipt(order) }
    }

    /// The contract.
    enum Orders {
        static let fulfil = Orchestration<Order, Receipt>("Fulfil")
        static let approval = Orchestration<Order, String>("Approval")
        static let charge = Activity<Order, Receipt>("Charge")
        static let escalate = Activity<Order, String>("Escalate")
        static let approved = ExternalEvent<Bool>("Approved")
    }

    static func fulfil(_ context: OrchestrationContext, _ order: Order) async throws -> Receipt {
        _ = try await context.wait(for: Orders.approved)
        return try await context.call(Orders.charge, order)
    }

    /// Registers what an application has.
    static func register(with registrar: some FunctionRegistrar) {
        registrar.register(Orders.fulfil, body: fulfil)
        registrar.register(Orders.approval) { context, order in
            guard try await context.wait(for: Orders.approved, timeout: .days(3)) == nil else { return "decided" }
            return try await context.call(Orders.escalate, order)
        }
        registrar.register(Orders.charge) { order in try await Bank().charge(order) }
        registrar.register(Orders.escalate) { _ in "somebody was called" }
    }
}
