import Foundation
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

/// The code of the test kit's catalog on fakes and faults, which `scripts/soundness` compares with this, and what else they
/// promise.
@Suite("Fakes and planted failures of the test kit", .timeLimit(.minutes(1)))
struct TestKitDoublesTests {
    private let order = CatalogShop.Order(card: "1", amount: 3)

    private static let patient = Orchestration<CatalogShop.Order, Receipt>("Patient")
    private static let ping = Activity<Void, Int>("Ping")
    private static let pings = Orchestration<Int, [Int]>("Pings")

    private func registerPatient(with hub: TestHub) {
        hub.register(Self.patient) { context, order in
            let retry = RetryPolicy(maxAttempts: 3, firstInterval: .seconds(1))
            return try await context.call(Orders.charge, order, retry: retry)
        }
    }

    @Test("A fake records what it was called with, failures that were planted in it included")
    func fakes() async throws {
        try await withTaskHub { hub in
            registerOrders(with: hub)
            registerPatient(with: hub)
            let charges = hub.fake(Orders.charge) { order in Receipt(order) }
            hub.fail(Orders.charge, atCalls: 1...2, with: BankUnavailable())

            let instance = try await hub.client.start(Self.patient, order)
            #expect(try await hub.result(of: instance).amount == 3)

            #expect(charges.inputs.map(\.amount) == [3, 3, 3])
            #expect(Set(charges.all.map(\.context.idempotencyKey)).count == 1)
            guard case .failure(let error)? = charges.all[1].outcome, case .success? = charges.all[2].outcome else {
                Issue.record("\(charges.all)")
                return
            }
            #expect(error is BankUnavailable)
        }
    }

    @Test("A failure is planted in what is registered, replaced or faked, and counted once in each")
    func planted() async throws {
        try await withTaskHub { hub in
            hub.register(Self.ping) { 1 }
            hub.register(Self.pings) { context, count in
                var answers: [Int] = []
                for _ in 0..<count { answers.append((try? await context.call(Self.ping)) ?? 0) }
                return answers
            }
            hub.fail(Self.ping, atCall: 2, with: BankUnavailable())
            let client = try await hub.client
            #expect(try await hub.result(of: try await client.start(Self.pings, 3)) == [1, 0, 1])

            // A fake takes the place while the hub runs, and the count goes on.
            let calls = hub.fake(Self.ping) { 2 }
            hub.fail(Self.ping, atCall: 5, with: BankUnavailable())
            #expect(try await hub.result(of: try await client.start(Self.pings, 3)) == [2, 0, 2])
            #expect(calls.count == 3)

            hub.replace(Self.ping) { _, _ in 3 }
            hub.fail(Self.ping, atCall: 7, with: BankUnavailable())
            #expect(try await hub.result(of: try await client.start(Self.pings, 3)) == [0, 3, 3])
            #expect(calls.count == 3)
        }
    }

    @Test func `An activity that is to fail later and is not registered fails at once, by name`() async throws {
        let asks = Orchestration<Void, String>("AsksNobody")
        try await withTaskHub { hub in
            hub.register(asks) { context in
                do {
                    return "\(try await context.call(Self.ping))"
                } catch let failure as TaskFailure {
                    return failure.details.message
                }
            }
            hub.fail(Self.ping, atCall: 2, with: BankUnavailable())
            let answer = try await hub.result(of: try await hub.client.start(asks, ()))
            #expect(answer.contains("There is no activity '\(Self.ping.name)'"))
        }
    }

    @Test("Whichever commit a store fails at, an order is charged and nothing is lost", arguments: 1...8)
    func stores(commit: Int) async throws {
        try await withTaskHub { hub in
            registerOrders(with: hub)
            let charges = hub.fake(Orders.charge) { order in Receipt(order) }
            hub.failStore(atCommit: commit)

            let begin = hub.now
            let client = try await hub.client
            let instance = try await client.start(Orders.fulfil, order, id: "o")
            try await client.raise(Orders.approved, true, to: instance.id)
            #expect(try await hub.result(of: instance).amount == 3)
            #expect(hub.now.timeIntervalSince(begin) <= 2)
            // Once is the least: a result that was not committed is asked for again, under the same key.
            #expect((1...2).contains(charges.count))
            #expect(Set(charges.all.map(\.context.idempotencyKey)).count == 1)
        }
    }

    @Test("A message that is lost is sent again", arguments: 1...6, [MessageFault.lost, .confirmationLost])
    func messages(number: Int, fault: MessageFault) async throws {
        try await withTaskHub { hub in
            registerOrders(with: hub)
            let charges = hub.fake(Orders.charge) { order in Receipt(order) }
            registerPatient(with: hub)
            _ = try await hub.client
            await hub.rest()
            hub.failTransport(atMessage: number, with: fault)
            let client = try await hub.client
            let instance = try await client.start(Self.patient, order, id: "o")
            #expect(try await hub.result(of: instance).amount == 3)
            await hub.rest()
            #expect((1...2).contains(charges.count))
            if fault == .lost { #expect(charges.count == 1) }
        }
    }

    @Test("Time goes to a date, to what is due next, and past a hub that stands still")
    func time() async throws {
        try await withTaskHub { hub in
            registerOrders(with: hub)
            let start = hub.now
            let first = try await hub.client.start(Orders.approval, order)
            try await hub.advance(to: start.addingTimeInterval(2 * 86_400))
            #expect(hub.now == start.addingTimeInterval(2 * 86_400))
            try await hub.advance(to: start)
            #expect(hub.now == start.addingTimeInterval(2 * 86_400))
            #expect(try await first.status()?.runtimeStatus == .running)
            var due = try await hub.advanceToNext()
            while let time = due, time < start.addingTimeInterval(3 * 86_400) { due = try await hub.advanceToNext() }
            #expect(try await hub.result(of: first) == "somebody was called")

            let second = try await hub.client.start(Orders.approval, order)
            try await hub.standStill(for: .days(10))
            #expect(hub.now >= start.addingTimeInterval(13 * 86_400))
            #expect(try await second.status()?.runtimeStatus == .completed)
        }
    }
}
