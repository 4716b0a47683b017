import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes an order from the shelf to the parcel, or back to where it began.
struct PlaceOrder: Sendable {
    let policy: OrderPolicy

    func callAsFunction(_ context: OrchestrationContext, _ order: Order) async throws -> OrderOutcome {
        // One key for all effects of this order. An activity's own `idempotencyKey` is that of one call, and the refund, which
        // is another, has to name the charge that it takes back.
        var undo = Undo(key: context.uuid().uuidString, policy: policy.undoing)
        var outcome: OrderOutcome
        do {
            return try await fulfil(context, order, &undo)
        } catch let failure as TaskFailure {
            let reason = "\(failure.name): \(failure.details.rootCause.message)"
            outcome = OrderOutcome(status: .failed, reason: reason)
        } catch let refusal as NotApproved {
            outcome = OrderOutcome(status: .cancelled, reason: refusal.reason)
        }
        try context.setCustomStatus(OrderProgress(step: .undoing))
        outcome.undone = try await undo(context)
        try context.setCustomStatus(OrderProgress(step: .done))
        return outcome
    }

    private func fulfil(
        _ context: OrchestrationContext, _ order: Order, _ undo: inout Undo
    ) async throws -> OrderOutcome {
        // 1. Check the inventory, and set the goods aside.
        try context.setCustomStatus(OrderProgress(step: .reserving))
        undo.add(Orders.release, as: "released")
        let total = try await context.call(
            Orders.reserve, Reservation(key: undo.key, item: order.item, quantity: order.quantity ?? 1))

        // 2. Wait for an approval if it is expensive. Nothing is held meanwhile but the goods.
        if total > policy.approvalAbove {
            try context.setCustomStatus(OrderProgress(step: .awaitingApproval, total: total))
            context.print("Order \(context.instanceID) costs \(total) cents and waits for an approval.")
            let isApproved = try await context.wait(for: Orders.approved, timeout: policy.approvalTimeout)
            guard isApproved == true else {
                throw NotApproved(reason: isApproved == nil ? "not approved in time" : "rejected")
            }
        }

        // 3. Charge. Its refund is noted before: when all attempts failed, one of them may have taken the money, and only
        //    its answer was lost. To refund what was not charged does nothing.
        try context.setCustomStatus(OrderProgress(step: .charging, total: total))
        undo.add(Orders.refund, as: "refunded")
        let receipt = try await context.call(
            Orders.charge, Charge(key: undo.key, card: order.card, amount: total), retry: policy.payment)

        // 4. Ship.
        try context.setCustomStatus(OrderProgress(step: .shipping, total: total))
        let tracking = try await context.call(Orders.ship, Shipment(key: undo.key, address: order.address))
        try context.setCustomStatus(OrderProgress(step: .done, total: total))
        return OrderOutcome(status: .shipped, paid: receipt.amount, tracking: tracking)
    }
}

/// An expensive order was rejected, or nobody decided on it.
private struct NotApproved: Error {
    let reason: String
}
