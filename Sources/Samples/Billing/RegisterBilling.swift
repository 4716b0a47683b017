import Warren

/// Gives the orchestrations their bodies.
func registerOrchestrations(with registrar: some FunctionRegistrar, policy: BillingPolicy = BillingPolicy()) {
    let subscription = RunSubscription(policy: policy)
    registrar.register(Subscriptions.subscription) { context, input in try await subscription(context, input) }
    let payment = CollectPayment(policy: policy)
    registrar.register(Subscriptions.payment) { context, invoice in try await payment(context, invoice) }
    let dispute = SettleDispute(policy: policy)
    registrar.register(Subscriptions.dispute) { context, input in try await dispute(context, input) }
}

/// Gives the activities their bodies.
func registerActivities(with registrar: some FunctionRegistrar, bank: Bank) {
    registrar.register(Subscriptions.charge) { charge in try await bank.charge(charge) }
    registrar.register(Subscriptions.refund) { key in try await bank.refund(key) }
    // A real program would send mail. The console is read by people, too.
    registrar.register(Subscriptions.sendReceipt) { receipt, context in
        context.print("\(receipt.customer): receipt for \(receipt.amount) cents, \(receipt.number)")
    }
    registrar.register(Subscriptions.tell) { notice, context in
        context.print("\(notice.customer): \(notice.words)")
    }
}
