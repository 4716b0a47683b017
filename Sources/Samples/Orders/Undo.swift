import Warren

/// What has to be taken back if an order fails, noted before it is done.
struct Undo: Sendable {
    /// The order's key, by which each effect is found again.
    let key: String
    let policy: RetryPolicy
    private var steps: [(activity: Activity<String, Bool>, word: String)] = []

    init(key: String, policy: RetryPolicy) {
        self.key = key
        self.policy = policy
    }

    /// Notes how to take something back.
    ///
    /// - Parameters:
    ///   - activity: takes it back, and tells whether there was anything to take back.
    ///   - word: what the outcome says then.
    mutating func add(_ activity: Activity<String, Bool>, as word: String) {
        steps.append((activity, word))
    }

    /// Takes back what was done, the last first. Returns the words for it.
    func callAsFunction(_ context: OrchestrationContext) async throws -> [String] {
        var undone: [String] = []
        for step in steps.reversed() {
            if try await context.call(step.activity, key, retry: policy) { undone.append(step.word) }
        }
        return undone
    }
}
