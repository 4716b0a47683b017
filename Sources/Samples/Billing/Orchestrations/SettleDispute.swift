import Warren

/// Waits for somebody's decision on a disputed payment. If nobody decides in time, the customer is right.
struct SettleDispute: Sendable {
    let policy: BillingPolicy

    func callAsFunction(_ context: OrchestrationContext, _ dispute: Dispute) async throws -> Ruling {
        context.print("\(context.instanceID): \(dispute.customer) disputes a payment: \(dispute.complaint)")
        let decision = try await context.wait(for: Subscriptions.decided, timeout: policy.day * policy.disputeDays)
        var ruling = Ruling(isDecided: decision != nil, refunded: 0)
        if decision ?? true, let charge = dispute.payment.charge {
            _ = try await context.call(Subscriptions.refund, charge, retry: policy.undoing)
            ruling.refunded = dispute.payment.amount
        }
        let words = ruling.refunded > 0 ? "Your money is on its way." : "The payment was right."
        try await context.tell(dispute.customer, words, retry: policy.mail)
        return ruling
    }
}
