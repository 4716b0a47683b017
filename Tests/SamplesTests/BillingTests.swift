#if HTTP
import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Billing

/// Subscriptions from the trial to their end, in virtual time: once with warm instances, and once with every step a replay.
/// The bank is a real one, in a file.
@Suite("Billing sample", .timeLimit(.minutes(5)))
struct BillingTests {
    static let modes = [false, true]

    private func hub(_ replays: Bool, _ body: (TestHub, Bank) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "billing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bank = try Bank(path: folder.appending(path: "billing.sqlite").path)
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            registerOrchestrations(with: hub)
            registerActivities(with: hub, bank: bank)
            try await body(hub, bank)
        }
    }

    private func subscribe(
        _ hub: TestHub, card: String = "visa", ifExists: ExistingInstance = .ignore
    ) async throws -> OrchestrationInstance<Closing> {
        let ada = Subscription(customer: "Ada", card: card, plan: .basic)
        return try await hub.client.start(Subscriptions.subscription, ada, id: "ada", ifExists: ifExists)
    }

    private func phase(of instance: OrchestrationInstance<Closing>) async throws -> String? {
        let status = try #require(try await instance.status()?.customStatus)
        return try JSONValue(status)["phase"]?.stringValue
    }

    @Test(
        "A trial is free, three months are billed, the second after a decline, and a cancel ends it", arguments: modes)
    func threeMonths(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let client = try await hub.client
            let ada = try await subscribe(hub)
            try await hub.advance(by: .days(14) - .seconds(1))
            #expect(try await phase(of: ada) == "trial")
            #expect(try await bank.takings() == (0, 0))

            try await hub.advance(by: .seconds(1))
            #expect(try await phase(of: ada) == "active")
            #expect(try await bank.takings() == (1, 900))

            // The card of the second month is declined, and a new one pays at once.
            try await client.raise(Subscriptions.newCard, "declined", to: "ada")
            try await hub.advance(by: .days(31))
            #expect(try await phase(of: ada) == "collecting")
            #expect(try await bank.takings() == (1, 900))
            try await hub.advance(by: .days(2))
            try await client.raise(Subscriptions.newCard, "visa", to: "ada")
            await hub.rest()
            #expect(try await phase(of: ada) == "active")
            #expect(try await bank.takings() == (2, 1800))

            // That was two days late. The third month begins when it would have begun.
            try await hub.advance(by: .days(26))
            #expect(try await bank.takings() == (3, 2700))

            let cancelled = hub.now
            try await client.raise(Subscriptions.cancel, "I am moving", to: "ada")
            let closing = try await hub.result(of: ada)
            #expect(closing == Closing(reason: .cancelled, words: "I am moving", months: 3, paid: 2700))
            #expect(hub.now == cancelled, "no timer is left that would have to be waited for")
        }
    }

    @Test("A trial that is cancelled costs nothing", arguments: modes)
    func trial(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let ada = try await subscribe(hub)
            try await hub.advance(by: .days(3))
            try await hub.client.raise(Subscriptions.cancel, nil, to: "ada")
            #expect(try await hub.result(of: ada) == Closing(reason: .cancelled, months: 0, paid: 0))
            #expect(try await bank.takings() == (0, 0))
        }
    }

    @Test("Another plan counts from the next invoice on", arguments: modes)
    func planChange(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            _ = try await subscribe(hub)
            try await hub.advance(by: .days(20))
            try await hub.client.raise(Subscriptions.changePlan, .pro, to: "ada")
            await hub.rest()
            #expect(try await bank.takings() == (1, 900))
            try await hub.advance(by: .days(31))
            #expect(try await bank.takings() == (2, 3800))
        }
    }

    @Test("A bank that does not answer is asked again within seconds, and charges once", arguments: modes)
    func flaky(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let ada = try await subscribe(hub, card: "flaky")
            try await hub.advance(by: .days(14) + .seconds(3))
            #expect(try await phase(of: ada) == "active")
            #expect(try await bank.takings() == (1, 900))
        }
    }

    @Test("A card that never works is tried on four days, and then the subscription ends", arguments: modes)
    func unpaid(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let began = hub.now
            let ada = try await subscribe(hub, card: "declined")
            #expect(try await hub.result(of: ada) == Closing(reason: .unpaid, months: 0, paid: 0))
            #expect(hub.now == began + .days(14 + 3 + 5 + 7))
        }
    }

    @Test("A cancel while a payment is waiting for a new card calls it off at once", arguments: modes)
    func cancelledWhileCollecting(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let ada = try await subscribe(hub, card: "declined")
            try await hub.advance(by: .days(16))
            let cancelled = hub.now
            try await hub.client.raise(Subscriptions.cancel, nil, to: "ada")
            #expect(try await hub.result(of: ada) == Closing(reason: .cancelled, months: 0, paid: 0))
            #expect(hub.now == cancelled)
            let payment = try await hub.client.status(of: "ada-month-1")
            #expect(payment?.runtimeStatus == .completed)
        }
    }

    @Test("A cancel that comes while the card is being charged lets the charge end, and counts it", arguments: modes)
    func cancelledWhileCharging(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let client = try await hub.client
            hub.replace(Subscriptions.charge) { charge in
                try await client.raise(Subscriptions.cancel, "too late", to: "ada")
                return try await bank.charge(charge)
            }
            let ada = try await subscribe(hub)
            let closing = try await hub.result(of: ada)
            #expect(closing == Closing(reason: .cancelled, words: "too late", months: 1, paid: 900))
            #expect(try await bank.takings() == (1, 900))
        }
    }

    @Test("Without a receipt no money is kept", arguments: modes)
    func noReceipt(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            hub.replace(Subscriptions.sendReceipt) { _ in throw BankUnavailable() }
            let ada = try await subscribe(hub)
            #expect(try await hub.result(of: ada) == Closing(reason: .unpaid, months: 0, paid: 0))
            #expect(try await bank.takings() == (4, 0))
        }
    }

    @Test("Words that cannot be sent end nothing", arguments: modes)
    func untold(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            hub.replace(Subscriptions.tell) { _ in throw BankUnavailable() }
            let ada = try await subscribe(hub, card: "declined")
            try await hub.advance(by: .days(15))
            try await hub.client.raise(Subscriptions.newCard, "visa", to: "ada")
            await hub.rest()
            #expect(try await bank.takings() == (1, 900))
            try await hub.client.raise(Subscriptions.cancel, nil, to: "ada")
            #expect(try await hub.result(of: ada) == Closing(reason: .cancelled, months: 1, paid: 900))
        }
    }

    @Test("A disputed payment waits for somebody; after a week without a decision it is refunded", arguments: modes)
    func dispute(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            let client = try await hub.client
            let ada = try await subscribe(hub)
            try await hub.advance(by: .days(15))
            // Twice about one payment: that is one dispute.
            for complaint in ["I never came", "Really!"] {
                try await client.raise(Subscriptions.disputed, complaint, to: "ada")
            }
            await hub.rest()
            let first = try await client.list(InstanceQuery(name: "Dispute")).instances
            #expect(first.count == 1)
            try await client.raise(Subscriptions.decided, false, to: try #require(first.first).instanceID)
            await hub.rest()
            #expect(try await bank.takings() == (1, 900))

            try await hub.advance(by: .days(30))
            #expect(try await bank.takings() == (2, 1800))
            try await client.raise(Subscriptions.disputed, "Again", to: "ada")
            try await client.raise(Subscriptions.cancel, nil, to: "ada")
            #expect(try await hub.result(of: ada).paid == 1800)
            // The dispute outlives the subscription.
            try await hub.advance(by: .days(7))
            #expect(try await bank.takings() == (2, 900))
            let disputes = try await client.list(InstanceQuery(name: "Dispute", includeOutput: true)).instances
            #expect(
                Set(disputes.map { $0.output?.json })
                    == [#"{"isDecided":true,"refunded":0}"#, #"{"isDecided":false,"refunded":900}"#])
        }
    }

    @Test("Who comes back under the same ID is billed again", arguments: modes)
    func again(replays: Bool) async throws {
        try await hub(replays) { hub, bank in
            for count in 1...2 {
                let ada = try await subscribe(hub, ifExists: .restart)
                try await hub.advance(by: .days(14))
                try await hub.client.raise(Subscriptions.cancel, nil, to: "ada")
                #expect(try await hub.result(of: ada) == Closing(reason: .cancelled, months: 1, paid: 900))
                #expect(try await bank.takings() == (count, 900 * count))
            }
        }
    }

    @Test("Months are those of the calendar, counted from the first: the 31st is due on the 31st again")
    func calendar() throws {
        let began = try Date("2030-01-17T12:00:00Z", strategy: .iso8601)
        let ends = (0...3).map { month in
            var progress = Progress(began: began)
            progress.month = month
            return BillingPolicy().end(of: progress).formatted(.iso8601)
        }
        #expect(ends == ["01-31", "02-28", "03-31", "04-30"].map { "2030-\($0)T12:00:00Z" })
        var second = Progress(began: began)
        second.month = 2
        #expect(BillingPolicy(day: .seconds(1)).end(of: second) == began + .seconds(14 + 60))
    }
}
#endif
