#if HTTP
import Foundation
import Hummingbird
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenManagement
import WarrenTestKit

@testable import Orders

/// Orders from the shelf to the parcel and back, in virtual time: once with warm instances, and once with every step a
/// replay. The shop is a real one, in a file.
@Suite("Orders sample", .timeLimit(.minutes(5)))
struct OrdersTests {
    static let modes = [false, true]

    private func hub(_ replays: Bool, _ body: (TestHub, Shop) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "orders-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shop = try Shop(path: folder.appending(path: "orders.sqlite").path)
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            registerOrchestrations(with: hub)
            registerActivities(with: hub, shop: shop)
            try await body(hub, shop)
        }
    }

    private func order(
        _ item: String = "keyboard", quantity: Int? = 2, card: String = "visa", address: String = "1 Main Street"
    ) -> Order {
        Order(item: item, quantity: quantity, card: card, address: address)
    }

    @Test("E4 The inventory is checked, the customer is charged, the parcel is sent", arguments: modes)
    func shipped(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let instance = try await hub.client.start(Orders.order, order())
            let outcome = try await hub.result(of: instance)
            #expect(outcome.status == .shipped)
            #expect(outcome.paid == 9800)
            #expect(outcome.tracking?.hasPrefix("parcel-") == true)
            #expect(outcome.undone == [])
            #expect(try await shop.available("keyboard") == 98)
            #expect(try await shop.takings() == (1, 9800))
            #expect(try await shop.parcels() == 1)
            #expect(try await instance.status()?.customStatus?.json == #"{"step":"done","total":9800}"#)
        }
    }

    @Test("A bank that does not answer is asked again, with growing pauses, and charges once", arguments: modes)
    func flaky(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let began = hub.now
            let instance = try await hub.client.start(Orders.order, order(card: "flaky"))
            await hub.rest()
            #expect(try await instance.status()?.customStatus?.json == #"{"step":"charging","total":9800}"#)
            #expect(try await hub.result(of: instance).status == .shipped)
            #expect(hub.now.timeIntervalSince(began) == 3)
            #expect(try await shop.takings() == (1, 9800))
        }
    }

    @Test("A declined card is not tried again; the goods go back to the shelf", arguments: modes)
    func declined(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let began = hub.now
            let outcome = try await hub.result(of: hub.client.start(Orders.order, order(card: "declined")))
            #expect(
                outcome
                    == OrderOutcome(
                        status: .failed, reason: "charge: the card 'declined' was declined", undone: ["released"]))
            #expect(hub.now == began)
            #expect(try await shop.available("keyboard") == 100)
            #expect(try await shop.takings() == (0, 0))
        }
    }

    @Test("A bank that never answers is given up after five attempts", arguments: modes)
    func down(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let began = hub.now
            let outcome = try await hub.result(of: hub.client.start(Orders.order, order(card: "down")))
            #expect(outcome.status == .failed)
            #expect(outcome.reason == "charge: the bank does not answer")
            #expect(outcome.undone == ["released"])
            #expect(hub.now.timeIntervalSince(began) == 1 + 2 + 4 + 8)
            #expect(try await shop.available("keyboard") == 100)
        }
    }

    @Test("A parcel that cannot be sent is refunded and its goods released, in this order", arguments: modes)
    func unsendable(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let outcome = try await hub.result(of: hub.client.start(Orders.order, order(address: "nowhere")))
            #expect(outcome.status == .failed)
            #expect(outcome.reason == "ship: nothing can be sent to 'nowhere'")
            #expect(outcome.undone == ["refunded", "released"])
            #expect(try await shop.takings() == (1, 0))
            #expect(try await shop.available("keyboard") == 100)
            #expect(try await shop.parcels() == 0)
        }
    }

    @Test(
        "What is not in the inventory is neither charged nor sent", arguments: modes,
        [
            ("server", 6, "reserve: only 5 of 'server' left"),
            ("unicorn", 1, "reserve: there is no 'unicorn' in this shop"),
            ("cable", 0, "reserve: the quantity is 1 to 1000, not 0"),
            ("cable", Int.max, "reserve: the quantity is 1 to 1000, not \(Int.max)"),
        ])
    func outOfStock(replays: Bool, wanted: (item: String, quantity: Int, reason: String)) async throws {
        try await hub(replays) { hub, shop in
            let instance = try await hub.client.start(Orders.order, order(wanted.item, quantity: wanted.quantity))
            let outcome = try await hub.result(of: instance)
            #expect(outcome == OrderOutcome(status: .failed, reason: wanted.reason))
            #expect(try await shop.takings() == (0, 0))
        }
    }

    @Test("An expensive order waits for an approval, and is charged only then", arguments: modes)
    func approved(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            let client = try await hub.client
            let instance = try await client.start(Orders.order, order("server", quantity: 1), id: "big")
            try await hub.advance(by: .hours(23))
            #expect(try await instance.status()?.customStatus?.json == #"{"step":"awaitingApproval","total":499000}"#)
            #expect(try await shop.takings() == (0, 0))
            #expect(try await shop.available("server") == 4)
            try await client.raise(Orders.approved, true, to: "big")
            #expect(try await hub.result(of: instance).status == .shipped)
            #expect(try await shop.takings() == (1, 499_000))
        }
    }

    @Test(
        "One that is rejected, or not approved within a day, is cancelled and released", arguments: modes,
        [true, false])
    func notApproved(replays: Bool, isRejected: Bool) async throws {
        try await hub(replays) { hub, shop in
            let began = hub.now
            let client = try await hub.client
            let instance = try await client.start(Orders.order, order("server", quantity: 1), id: "big")
            if isRejected { try await client.raise(Orders.approved, false, to: "big") }
            let outcome = try await hub.result(of: instance)
            let reason = isRejected ? "rejected" : "not approved in time"
            #expect(outcome == OrderOutcome(status: .cancelled, reason: reason, undone: ["released"]))
            #expect(hub.now.timeIntervalSince(began) == (isRejected ? 0 : 24 * 3600))
            #expect(try await shop.available("server") == 5)
            #expect(try await shop.takings() == (0, 0))
        }
    }

    @Test("A charge whose answer is lost each time is refunded, though it never answered", arguments: modes)
    func lostAnswers(replays: Bool) async throws {
        try await hub(replays) { hub, shop in
            hub.replace(Orders.charge) { charge in
                _ = try await shop.charge(charge)
                throw PaymentUnavailable()
            }
            let outcome = try await hub.result(of: hub.client.start(Orders.order, order()))
            #expect(outcome.status == .failed)
            #expect(outcome.undone == ["refunded", "released"])
            // Five attempts with one key: one charge.
            #expect(try await shop.takings() == (1, 0))
        }
    }

    @Test("Undoing goes on until it succeeds", arguments: modes)
    func patientUndo(replays: Bool) async throws {
        let failures = Mutex(3)
        try await hub(replays) { hub, shop in
            hub.replace(Orders.release) { key in
                if failures.withLock({
                    $0 -= 1
                    return $0 >= 0
                }) {
                    throw PaymentUnavailable()
                }
                return try await shop.release(key)
            }
            let outcome = try await hub.result(of: hub.client.start(Orders.order, order(card: "declined")))
            #expect(outcome.undone == ["released"])
            #expect(try await shop.available("keyboard") == 100)
        }
    }

    @Test("Each effect can be repeated with its key, and takes place once")
    func repeated() async throws {
        try await hub(false) { _, shop in
            for _ in 0..<2 {
                let price = try await shop.reserve(Reservation(key: "k", item: "cable", quantity: 3))
                #expect(price == 2700)
                let receipt = try await shop.charge(Charge(key: "k", card: "visa", amount: price))
                #expect(receipt == Receipt(receipt: "receipt-k", amount: 2700))
                let parcel = try await shop.ship(Shipment(key: "k", address: "here"))
                #expect(parcel == "parcel-k")
            }
            #expect(try await shop.available("cable") == 997)
            #expect(try await shop.takings() == (1, 2700))
            #expect(try await shop.parcels() == 1)
            for _ in 0..<2 {
                #expect(try await shop.refund("k"))
                #expect(try await shop.release("k"))
            }
            #expect(try await shop.available("cable") == 1000)
            #expect(try await shop.takings() == (1, 0))
            #expect(try await shop.refund("other") == false)
            #expect(try await shop.release("other") == false)
        }
    }

    @Test("An order is placed, watched and approved over HTTP")
    func http() async throws {
        try await hub(false) { hub, _ in
            let router = Router()
            ManagementRoutes(client: try await hub.client).add(to: router)
            try await RouteClient.serving(router) { web in
                let body = #"{"item":"server","card":"visa","address":"1 Main Street"}"#
                #expect(try await web.ask(.post, "/api/orchestrators/Order/order-1", body).status == 202)
                await hub.rest()
                let path = "/runtime/webhooks/durabletask/instances/order-1"
                let waiting = try await web.ask(.get, path)
                #expect(waiting.status == 202)
                #expect(waiting["customStatus"]?["step"] == "awaitingApproval")
                let raised = try await web.ask(
                    .post, "\(path)/raiseEvent/Approved", "true", [.contentType: "application/json"])
                #expect(raised.status == 202)
                await hub.rest()
                let done = try await web.ask(.get, path)
                #expect(done.status == 200)
                #expect(done["output"]?["status"] == "shipped")
            }
        }
    }
}
#endif
