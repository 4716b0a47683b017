#if HTTP
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Orders

/// The activity `charge` as the Python program in the sample's folder, over a real broker: the sample's executable runs the
/// orchestrations and the other activities.
@Suite(
    "Orders sample: charge in Python", .serialized, .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct ChargeWorkerTests {
    private func order(card: String) -> Order {
        Order(item: "keyboard", quantity: 2, card: card, address: "1 Main Street")
    }

    @Test("It charges; what it declines is final, and what may pass is tried again")
    func charges() async throws {
        try await OrdersHost.running { host in
            try await host.withWorker {
                let paid = try await host.client.start(Orders.order, order(card: "visa"))
                let outcome = try await paid.result()
                #expect(outcome.status == .shipped)
                #expect(outcome.paid == 9800)
                #expect(try await host.shop.takings() == (1, 9800))

                let declined = try await host.client.start(Orders.order, order(card: "declined"))
                let refusal = try await declined.result()
                #expect(refusal.status == .failed)
                #expect(refusal.reason == "charge: the card 'declined' was declined")
                #expect(refusal.undone == ["released"])
                let failures = try await host.failures(of: declined)
                #expect(failures.map(\.type) == ["CardDeclined"])
                #expect(failures.map(\.isNonRetriable) == [true])

                let flaky = try await host.client.start(Orders.order, order(card: "flaky"))
                #expect(try await flaky.result().status == .shipped)
                let attempts = try await host.failures(of: flaky)
                #expect(attempts.map(\.type) == ["PaymentUnavailable", "PaymentUnavailable"])
                #expect(attempts.map(\.isNonRetriable) == [false, false])
                #expect(try await host.shop.takings() == (2, 19600))
            }
        }
    }

    @Test("A publisher in Python orders a server, approves the order, and is told how it ended")
    func publisher() async throws {
        try await OrdersHost.running { host in
            try await host.withWorker {
                let printed = try await host.orderInPython()
                #expect(
                    printed.lowercased().hasPrefix(#"completed {"paid": 499000, "status": "shipped","#), "\(printed)")
            }
            #expect(try await host.shop.takings() == (1, 499000))
        }
    }

    @Test("An answer that cannot be read is a failure of the charge: what was done is undone")
    func mumbles() async throws {
        try await OrdersHost.running { host in
            try await host.withMumblingWorker {
                let instance = try await host.client.start(Orders.order, order(card: "visa"))
                let outcome = try await instance.result()
                #expect(outcome.status == .failed)
                #expect(outcome.undone == ["refunded", "released"])
                let reason = try #require(outcome.reason)
                #expect(reason.hasPrefix("charge: The answer cannot be read: expected an object, got a string (\"{'"))
                #expect(try await host.shop.takings() == (1, 0))
                #expect(try await host.shop.paymentAttempts() == 1)
            }
        }
    }

    @Test("Killed between the charge and its answer, it is asked again, and charges once")
    func killed() async throws {
        try await OrdersHost.running { host in
            let client = host.client
            let order = order(card: "visa")
            let instance = try await host.withDyingWorker {
                try await client.start(Orders.order, order)
            }
            #expect(try await host.shop.takings() == (1, 9800))
            #expect(try await instance.status()?.runtimeStatus == .running)
            try await host.withWorker {
                let outcome = try await instance.result()
                #expect(outcome.status == .shipped)
            }
            #expect(try await host.shop.paymentAttempts() == 2)
            #expect(try await host.shop.takings() == (1, 9800))
        }
    }
}
#endif
