import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Collects the money of one invoice: tries the card, and again days later, until it is paid, given up, or called off.
struct CollectPayment: Sendable {
    let policy: BillingPolicy

    func callAsFunction(_ context: OrchestrationContext, _ invoice: Invoice) async throws -> Settlement {
        var card = invoice.card
        var pauses = policy.dunningDays.makeIterator()
        while true {
            if let settlement = try await pay(context, invoice, card) { return settlement }
            guard let days = pauses.next() else { return .unpaid }
            let words = "Your card did not work for month \(invoice.month). Send a new one within \(days) days."
            try await context.tell(invoice.customer, words, retry: policy.mail)
            guard let next = try await cardToTry(context, card, after: policy.day * days) else { return .unpaid }
            card = next
        }
    }

    /// Charges a card and sends the receipt; `nil` if that came to nothing, and then no money is kept.
    private func pay(
        _ context: OrchestrationContext, _ invoice: Invoice, _ card: String
    ) async throws -> Settlement? {
        // One key for the charge, all attempts at it, and its refund.
        let charge = Charge(key: context.uuid().uuidString, card: card, amount: invoice.amount)
        do {
            let number = try await context.call(Subscriptions.charge, charge, retry: policy.bank)
            let receipt = Receipt(customer: invoice.customer, number: number, amount: charge.amount)
            try await context.call(Subscriptions.sendReceipt, receipt, retry: policy.mail)
            return Settlement(charge: charge.key, amount: charge.amount)
        } catch let failure as TaskFailure {
            // An attempt whose answer was lost may have taken the money. To refund what was not charged does nothing.
            context.print("\(context.instanceID): \(failure.name): \(failure.details.rootCause.message)")
            _ = try await context.call(Subscriptions.refund, charge.key, retry: policy.undoing)
            return nil
        }
    }

    /// Waits for a new card, and gives the old one if none has come; `nil` once the subscription is cancelled.
    private func cardToTry(
        _ context: OrchestrationContext, _ card: String, after pause: Duration
    ) async throws -> String? {
        let over = context.startTimer(for: pause)
        let newCard = context.startWaiting(for: Subscriptions.newCard)
        let giveUp = context.startWaiting(for: Subscriptions.giveUp)
        defer {
            over.cancel()
            newCard.cancel()
            giveUp.cancel()
        }
        let first = try await context.any(giveUp, newCard, over)
        if first == giveUp { return nil }
        return first == newCard ? try await newCard.value : card
    }
}
