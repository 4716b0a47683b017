/// The actions to carry out after the broker's lock is released, in this order.
struct BrokerActions {
    /// Readers to wake; `nil` ends the stream.
    var resume: [(BrokerConsumer.Waiter, BrokerBatch?)] = []
    /// Whether completions were queued while none are being run.
    var runsCompletions = false
    /// The callers that waited for all messages to be settled.
    var quiescent: [CheckedContinuation<Void, Never>] = []

    func perform(runCompletions: () -> Void) {
        for (waiter, batch) in resume { waiter.resume(returning: batch) }
        if runsCompletions { runCompletions() }
        for waiter in quiescent { waiter.resume() }
    }
}
