import Warren

extension OrchestrationContext {
    /// Tells a customer something. Words that cannot be sent end neither a payment nor a subscription.
    func tell(_ customer: String, _ words: String, retry: RetryPolicy) async throws {
        do {
            try await call(Subscriptions.tell, Notice(customer: customer, words: words), retry: retry)
        } catch let failure as TaskFailure {
            print("\(customer) was not told: \(failure.details.rootCause.message)", level: .warning)
        }
    }
}
