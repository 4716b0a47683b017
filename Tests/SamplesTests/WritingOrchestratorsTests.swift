import Testing
import Warren
import WarrenClient
import WarrenTestKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The code of the page *Writing orchestrators* that is no sample, as it stands there. `scripts/soundness` compares the two.
@Suite("Code of the page on writing orchestrators", .timeLimit(.minutes(1)))
struct WritingOrchestratorsTests {
    static let modes = [false, true]

    enum Math {
        static let square = Activity<Int, Int>("Square")
        static let squares = Orchestration<[Int], Int>("Squares")
    }

    enum Quotes {
        static let slow = Activity<String, Int>("AskSlowly")
        static let best = Orchestration<String, Int?>("BestQuote")
    }

    enum Payments {
        static let charge = Activity<Int, String>("Charge")
        static let refund = Activity<String, Void>("Refund")
        static let pay = Orchestration<Int, String>("Pay")
    }

    struct Bank: Sendable {
        func charge(_ amount: Int, key: String) async throws -> String { "\(amount) by \(key)" }
        func refund(_ receipt: String) async throws {}
    }

    enum Trips {
        static let book = Activity<String, String>("Book")
        static let trip = Orchestration<[String], TripReport>("Trip")
        static let cancel = ExternalEvent<String>("Cancel")
    }

    enum Teams {
        static let member = Orchestration<String, String>("Member")
        static let team = Orchestration<[String], [String]>("Team")
        static let word = ExternalEvent<String>("Word")
    }

    enum TripReport: Codable, Sendable, Equatable {
        case booked([String])
        case cancelled(String)
    }

    struct PaymentActivities: ActivitySet {
        let bank: Bank

        func register(with registrar: some FunctionRegistrar) {
            registrar.register(Payments.charge, body: charge)
            registrar.register(Payments.refund, body: refund)
        }

        func charge(_ amount: Int, _ context: ActivityContext) async throws -> String {
            try await bank.charge(amount, key: context.idempotencyKey)
        }

        func refund(_ receipt: String) async throws { try await bank.refund(receipt) }
    }

    @Test("The activities of a type are registered with what they depend on", arguments: modes)
    func dependencies(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(activities: PaymentActivities(bank: Bank()))
            hub.register(Payments.pay) { context, amount in
                let receipt = try await context.call(Payments.charge, amount)
                try await context.call(Payments.refund, receipt)
                return receipt
            }
            let instance = try await hub.client.start(Payments.pay, 5, id: "pay")
            #expect(try await hub.result(of: instance).hasPrefix("5 by pay:"))
        }
    }

    /// Squares numbers, a window of them at a time.
    static func sumOfSquares(_ context: OrchestrationContext, _ numbers: [Int], window: Int) async throws -> Int {
        var sum = 0
        var open: [DurableTask<Int>] = []
        for number in numbers {
            if open.count == window {
                let first = try await context.any(open)
                open.removeAll { $0 == first }
                sum += try await first.value
            }
            open.append(context.start(Math.square, number))
        }
        return try await context.all(open).reduce(sum, +)
    }

    static func bestQuote(_ context: OrchestrationContext, _ item: String) async throws -> Int? {
        let quote = context.start(Quotes.slow, item)
        let deadline = context.startTimer(for: .minutes(5))
        let winner = try await context.any(quote, deadline)
        guard winner == quote else { return nil }
        deadline.cancel()
        return try await quote.value
    }

    static func trip(_ context: OrchestrationContext, _ stops: [String]) async throws -> TripReport {
        try await withThrowingTaskGroup(of: TripReport.self) { race in
            race.addTask { .booked(try await book(context, stops)) }
            race.addTask { .cancelled(try await context.wait(for: Trips.cancel)) }
            defer { race.cancelAll() }
            guard let first = try await race.next() else { throw CancellationError() }
            return first
        }
    }

    static func book(_ context: OrchestrationContext, _ stops: [String]) async throws -> [String] {
        var booked: [String] = []
        for stop in stops {
            booked.append(try await context.call(Trips.book, stop))
            try await context.sleep(for: .days(1))
        }
        return booked
    }

    static func team(_ context: OrchestrationContext, _ names: [String]) async throws -> [String] {
        let members = names.map { name in
            context.start(Teams.member, name, id: "\(context.instanceID)-\(name)")
        }
        for name in names {
            try context.send(Teams.word, "welcome", to: "\(context.instanceID)-\(name)")
        }
        return try await context.all(members)
    }

    @Test("A window bounds what is open at a time", arguments: modes)
    func window(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            let meter = Meter()
            hub.register(Math.squares) { context, numbers in
                try await Self.sumOfSquares(context, numbers, window: 3)
            }
            hub.register(Math.square) { number in
                await meter.enter()
                // Each lets others of the window in before it leaves.
                await Task.yield()
                await meter.leave()
                return number * number
            }
            let instance = try await hub.client.start(Math.squares, Array(1...20))
            #expect(try await hub.result(of: instance) == 2870)
            #expect(await meter.most <= 3)
            #expect(await meter.count == 20)
        }
    }

    @Test("An activity that answers before the deadline wins, and the timer is given up", arguments: modes)
    func race(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(Quotes.best, body: Self.bestQuote)
            hub.register(Quotes.slow) { _ in 42 }
            let began = hub.now
            let instance = try await hub.client.start(Quotes.best, "cable")
            #expect(try await hub.result(of: instance) == 42)
            #expect(hub.now == began)
        }
    }

    @Test("A cancel ends a trip wherever it is, and no timer is left", arguments: modes)
    func cancel(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(Trips.trip, body: Self.trip)
            hub.register(Trips.book) { stop in "room in \(stop)" }
            let client = try await hub.client
            let done = try await client.start(Trips.trip, ["Lima", "Quito"])
            #expect(try await hub.result(of: done) == .booked(["room in Lima", "room in Quito"]))
            let instance = try await client.start(Trips.trip, ["Lima", "Quito"], id: "trip")
            try await hub.advance(by: .hours(30))
            let cancelled = hub.now
            try await client.raise(Trips.cancel, "ill", to: "trip")
            #expect(try await hub.result(of: instance) == .cancelled("ill"))
            #expect(hub.now == cancelled)
        }
    }

    @Test("Events reach children that have just been started", arguments: modes)
    func children(replays: Bool) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(Teams.team, body: Self.team)
            hub.register(Teams.member) { context, name in
                "\(name): \(try await context.wait(for: Teams.word))"
            }
            let instance = try await hub.client.start(Teams.team, ["ann", "bob"], id: "t")
            #expect(try await hub.result(of: instance) == ["ann: welcome", "bob: welcome"])
        }
    }

    private actor Meter {
        private var inside = 0
        private(set) var most = 0
        private(set) var count = 0

        func enter() {
            inside += 1
            count += 1
            most = max(most, inside)
        }

        func leave() { inside -= 1 }
    }
}
