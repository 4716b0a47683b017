import Warren
import WarrenHost

/// The code of the pages *Writing orchestrators* and *Writing activities* that is neither a sample's nor one of `WritingOrchestratorsTests`, as it stands
/// there: `scripts/soundness` compares the two. It is compiled, and not run.
private enum WritingOrchestratorsPage {
    struct Order: Codable, Sendable {
        let number: Int
        let card: String
        let amount: Int
    }

    struct Reservation: Codable, Sendable {}
    struct Receipt: Codable, Sendable {}
    struct Shipment: Codable, Sendable {}

    struct Fulfilment: Codable, Sendable {
        let reservation: Reservation
        let receipt: Receipt

        init(_ reservation: Reservation, _ receipt: Receipt) {
            self.reservation = reservation
            self.receipt = receipt
        }
    }

    enum Decision: Codable, Sendable { case accepted, rejected, expired }

    struct Payments: Sendable {
        func charge(_ card: String, _ amount: Int, idempotencyKey: String) async throws -> Receipt { Receipt() }
    }

    enum Orders {
        static let fulfil = Orchestration<Order, Fulfilment>("Fulfil")
        static let reserve = Activity<Order, Reservation>("ReserveStock")
        static let charge = Activity<Order, Receipt>("ChargeCard")
        static let release = Activity<Reservation, Void>("ReleaseStock")
        static let ship = Orchestration<Order, Shipment>("Ship")
        static let escalate = Activity<Order, String>("Escalate")
        static let approved = ExternalEvent<Bool>("Approved")
    }

    enum Approvals {
        static let decide = Orchestration<Order, Bool>("Decide")
    }

    enum Sweeps {
        static let sweep = Activity<Int, Int>("Sweep")
        static let sweeper = Orchestration<Int, Int>("Sweeper")
    }

    enum Math {
        static let square = Activity<Int, Int>("Square")
    }

    enum Reports {
        static let render = Activity<Int, String>("RenderReport")
    }

    enum Rates {
        static let fetch = Activity<String, Double>("FetchRate")
    }

    enum Jobs {
        static let counter = Orchestration<Int, Int>("Counter")
        static let stop = ExternalEvent<String>("Stop")
    }

    static func register(with host: TaskHubHost, _ payments: Payments) {
        host.register(Orders.fulfil) { context, order in
            let reservation = try await context.call(Orders.reserve, order)
            let receipt = try await context.call(Orders.charge, order)
            return Fulfilment(reservation, receipt)
        }
        host.register(Jobs.counter) { context, count in
            try context.setCustomStatus(count)
            guard let reason = try await context.wait(for: Jobs.stop, timeout: .seconds(1)) else {
                try context.continueAsNew(count + 1)
            }
            context.print("Stopped at \(count): \(reason)")
            return count
        }
        host.register(Approvals.decide, closingTimers: true) { context, order in
            let deadline = context.startTimer(for: .hours(72))
            let approval = context.startWaiting(for: Orders.approved)
            let winner = try await context.any(approval, deadline)
            return winner == approval ? try await approval.value : false
        }
        host.register(Sweeps.sweeper) { context, first in
            var cursor = first
            while true {
                cursor = try await context.call(Sweeps.sweep, cursor)
                if context.shouldContinueAsNew { try context.continueAsNew(cursor) }
            }
        }
        host.register(Orders.charge) { order, context in
            try await payments.charge(order.card, order.amount, idempotencyKey: context.idempotencyKey)
        }
    }

    static func fanOut(_ context: OrchestrationContext, _ numbers: [Int]) async throws -> Int {
        let squares = numbers.map { context.start(Math.square, $0) }
        let sum = try await context.all(squares).reduce(0, +)
        return sum
    }

    static func both(_ context: OrchestrationContext, _ order: Order) async throws -> (Receipt, Shipment) {
        let (receipt, shipment) = try await context.all(
            context.start(Orders.charge, order), context.start(Orders.ship, order))
        return (receipt, shipment)
    }

    static func escalate(_ context: OrchestrationContext, _ order: Order) async throws -> String {
        guard let approved = try await context.wait(for: Orders.approved, timeout: .days(3)) else {
            return try await context.call(Orders.escalate, order)
        }
        return approved ? "approved" : "rejected"
    }

    static func race(_ context: OrchestrationContext) async throws -> Decision {
        let approval = context.startWaiting(for: Orders.approved)
        let deadline = context.startTimer(for: .hours(1))
        let winner = try await context.any(approval, deadline)
        if winner == approval {
            deadline.cancel()
            return try await approval.value ? .accepted : .rejected
        }
        approval.cancel()
        return .expired
    }

    static func retry(_ context: OrchestrationContext, _ order: Order) async throws -> Receipt {
        let receipt = try await context.call(
            Orders.charge, order,
            retry: RetryPolicy(
                maxAttempts: 5, firstInterval: .seconds(1), backoffCoefficient: 2, maxInterval: .seconds(60),
                jitter: 0.2,
                handle: { failure in !failure.isCaused(by: "CardDeclined") }))
        return receipt
    }

    static func limited(_ context: OrchestrationContext, _ month: Int) async throws -> (String, Double) {
        let report = try await context.call(
            Reports.render, month,
            timeout: ActivityTimeouts(scheduleToStart: .minutes(5), startToClose: .hours(2), heartbeat: .seconds(30)))
        let rate = try await context.call(Rates.fetch, "EUR", timeout: .seconds(20))
        return (report, rate)
    }

    static func compensate(_ context: OrchestrationContext, _ order: Order) async throws -> Receipt {
        let reservation = try await context.call(Orders.reserve, order)
        do {
            return try await context.call(Orders.charge, order)
        } catch let failure as TaskFailure {
            try await context.call(Orders.release, reservation)
            throw failure
        }
    }

    static func ship(_ context: OrchestrationContext, _ order: Order) async throws -> Shipment {
        let shipment = try await context.call(Orders.ship, order, id: "ship-\(order.number)")
        return shipment
    }
}
