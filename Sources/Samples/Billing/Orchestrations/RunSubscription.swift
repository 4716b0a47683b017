import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a subscription. Each generation is the trial or one month, and leaves to the next what it has to know.
struct RunSubscription: Sendable {
    let policy: BillingPolicy

    func callAsFunction(
        _ context: BodyContext<Subscription>, _ subscription: Subscription
    ) async throws -> Closing {
        var subscription = subscription
        var progress = subscription.progress ?? Progress(began: context.now)
        let end = policy.end(of: progress)

        // 1. A month is paid when it begins; the trial is free.
        if progress.month > 0 {
            try context.setCustomStatus(Standing(phase: .collecting, plan: subscription.plan, until: end))
            let collected = try await collect(context, subscription, month: progress.month)
            subscription = collected.subscription
            progress.add(collected.settlement)
            if let cancellation = collected.cancellation {
                return try await close(context, subscription, progress, .cancelled, cancellation.words)
            }
            guard collected.settlement.isPaid else { return try await close(context, subscription, progress, .unpaid) }
        }

        // 2. Then it lasts until the next month begins, or the customer cancels.
        let phase: Standing.Phase = progress.month == 0 ? .trial : .active
        try context.setCustomStatus(Standing(phase: phase, plan: subscription.plan, until: end))
        switch try await last(context, subscription, until: end, disputable: progress.lastPayment) {
        case .cancelled(let cancellation):
            return try await close(context, subscription, progress, .cancelled, cancellation.words)
        case .ended(let changed):
            subscription = changed
        }

        // 3. The next month is another generation, with a history of its own.
        progress.month += 1
        subscription.progress = progress
        try context.continueAsNew(subscription)
    }

    /// Says goodbye, and sums up.
    private func close(
        _ context: OrchestrationContext, _ subscription: Subscription, _ progress: Progress, _ reason: Closing.Reason,
        _ said: String? = nil
    ) async throws -> Closing {
        let words = "Your subscription has ended: \(reason.rawValue)."
        try await context.tell(subscription.customer, words, retry: policy.mail)
        return Closing(reason: reason, words: said, months: progress.payments, paid: progress.paid)
    }
}
