import Testing
import Warren
import WarrenClient
import WarrenTestKit

private typealias Order = CatalogShop.Order
private typealias Receipt = CatalogShop.Receipt

/// The code of the page *Errors*, which `scripts/soundness` compares with this.
@Suite("Code of the page on errors", .timeLimit(.minutes(1)))
struct ErrorsPageTests {
    struct CardDeclined: NonRetriableError, CustomStringConvertible {
        let reason: String
        var description: String { "the card was declined: \(reason)" }
    }

    struct Decline: Error, Codable {
        let code: Int
    }

    enum Payment: Codable, Sendable, Equatable {
        case paid
        case declined
    }

    enum CodedPayment: Codable, Sendable, Equatable {
        case paid
        case declined(code: Int)
    }

    private enum Orders {
        static let charge = Activity<Order, Receipt>("Charge")
        static let pay = Orchestration<Order, Payment>("Pay")
        static let payByCode = Orchestration<Order, CodedPayment>("PayByCode")
    }

    private static func pay(_ context: OrchestrationContext, _ order: Order) async throws -> Payment {
        do {
            _ = try await context.call(Orders.charge, order)
        } catch let failure as TaskFailure where failure.details.isCaused(by: "CardDeclined") {
            return .declined
        }
        return .paid
    }

    private static func payByCode(_ context: OrchestrationContext, _ order: Order) async throws -> CodedPayment {
        do {
            _ = try await context.call(Orders.charge, order)
        } catch let failure as TaskFailure {
            guard let decline = failure.details(as: Decline.self) else { throw failure }
            return .declined(code: decline.code)
        }
        return .paid
    }

    @Test("A failure is caught by its type, and by the data that it carries")
    func caught() async throws {
        try await withTaskHub { hub in
            hub.register(Orders.pay, body: Self.pay)
            hub.register(Orders.payByCode, body: Self.payByCode)
            hub.register(Orders.charge) { order in
                if order.card == "declined" { throw CardDeclined(reason: "no money") }
                throw Decline(code: 51)
            }
            let client = try await hub.client
            let declined = try await client.start(Orders.pay, Order(card: "declined", amount: 1))
            #expect(try await hub.result(of: declined) == .declined)
            let refused = try await client.start(Orders.payByCode, Order(card: "other", amount: 1))
            #expect(try await hub.result(of: refused) == .declined(code: 51))
        }
    }
}
