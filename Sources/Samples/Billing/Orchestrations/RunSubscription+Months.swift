import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a month consists of.
extension RunSubscription {
    /// The result of collecting a month's money.
    struct Collected: Sendable {
        /// The subscription as the customer has changed it meanwhile.
        var subscription: Subscription
        var settlement: Settlement
        /// The customer's wish to cancel, if it came meanwhile.
        var cancellation: Cancellation?
    }

    /// Has the month paid by an orchestration of its own, and hears the customer meanwhile.
    func collect(_ context: OrchestrationContext, _ subscription: Subscription, month: Int) async throws -> Collected {
        let invoice = Invoice(
            customer: subscription.customer, card: subscription.card, amount: subscription.plan.price, month: month)
        let id = "\(context.instanceID)-month-\(month)"
        let payment = context.start(Subscriptions.payment, invoice, id: id)
        let collecting = try await unlessCancelled(context) {
            try await serve(context, subscription, until: payment, payment: id)
        }
        switch collecting {
        case .ended(let served):
            return Collected(subscription: served.subscription, settlement: served.end)
        case .cancelled(let cancellation):
            // The payment ends when it hears of it. If it takes the money before, the month counts.
            try context.send(Subscriptions.giveUp, to: id)
            return Collected(
                subscription: subscription, settlement: try await payment.value, cancellation: cancellation)
        }
    }

    /// Lasts until a time, and hears the customer meanwhile.
    func last(
        _ context: OrchestrationContext, _ subscription: Subscription, until end: Date, disputable: Settlement?
    ) async throws -> Interruptible<Subscription> {
        let over = context.startTimer(until: end)
        // An open timer would keep a cancelled subscription from ending.
        defer { over.cancel() }
        return try await unlessCancelled(context) {
            try await serve(context, subscription, until: over, disputable: disputable).subscription
        }
    }
}
