import Warren

/// What customers say, and when.
extension RunSubscription {
    /// What was served until something came to its end.
    struct Served<End: Sendable>: Sendable {
        /// The subscription as the customer has changed it.
        var subscription: Subscription
        /// What the end brought.
        var end: End
    }

    /// Does what the customer asks for, until a task ends.
    ///
    /// - Parameters:
    ///   - subscription: the subscription as it is; changes count from the next invoice on.
    ///   - end: the task, a timer or a payment.
    ///   - payment: the ID of the payment under way, which has to know of a new card.
    ///   - disputable: the newest payment.
    func serve<End>(
        _ context: OrchestrationContext, _ subscription: Subscription, until end: DurableTask<End>,
        payment: String? = nil, disputable: Settlement? = nil
    ) async throws -> Served<End> {
        var subscription = subscription
        var plan = context.startWaiting(for: Subscriptions.changePlan)
        var card = context.startWaiting(for: Subscriptions.newCard)
        var complaint = context.startWaiting(for: Subscriptions.disputed)
        // What nobody has read yet stays for whoever waits next.
        defer {
            plan.cancel()
            card.cancel()
            complaint.cancel()
        }
        while true {
            let first = try await context.any(end, plan, card, complaint)
            if first == plan {
                subscription.plan = try await plan.value
                plan = context.startWaiting(for: Subscriptions.changePlan)
            } else if first == card {
                subscription.card = try await card.value
                if let payment { try context.send(Subscriptions.newCard, subscription.card, to: payment) }
                card = context.startWaiting(for: Subscriptions.newCard)
            } else if first == complaint {
                try dispute(context, subscription, disputable, try await complaint.value)
                complaint = context.startWaiting(for: Subscriptions.disputed)
            } else {
                return Served(subscription: subscription, end: try await end.value)
            }
        }
    }

    /// Hands a complaint to an orchestration of its own, which outlives this month.
    private func dispute(
        _ context: OrchestrationContext, _ subscription: Subscription, _ payment: Settlement?, _ complaint: String
    ) throws {
        guard let payment, let charge = payment.charge else {
            return context.print("\(context.instanceID): nothing was paid that could be disputed")
        }
        // One ID for each payment: a second complaint finds the dispute that there is.
        try context.startDetached(
            Subscriptions.dispute,
            Dispute(customer: subscription.customer, payment: payment, complaint: complaint), id: "dispute-\(charge)")
    }
}
