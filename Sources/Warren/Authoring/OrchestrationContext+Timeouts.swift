extension OrchestrationContext {
    /// Runs an activity and waits for its result, but no longer than a total time, all attempts included.
    ///
    /// - Throws: As the call without a time limit, and a `TaskFailure` with the ``TaskFailure/timeout`` `.total`.
    public func call<Input, Output>(
        _ activity: Activity<Input, Output>, _ input: Input, retry: RetryPolicy? = nil, timeout: Duration,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await call(
            activity, input, retry: retry, timeout: ActivityTimeouts(total: timeout), priority: priority,
            fairnessKey: fairnessKey, file: file, line: line)
    }

    /// Runs an activity without input and waits for its result, but no longer than a total time.
    public func call<Output>(
        _ activity: Activity<Void, Output>, retry: RetryPolicy? = nil, timeout: Duration,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await call(
            activity, (), retry: retry, timeout: ActivityTimeouts(total: timeout), priority: priority,
            fairnessKey: fairnessKey, file: file, line: line)
    }

    /// Starts an activity, which fails after a total time, without waiting for it.
    public func start<Input, Output>(
        _ activity: Activity<Input, Output>, _ input: Input, retry: RetryPolicy? = nil, timeout: Duration,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        start(
            activity, input, retry: retry, timeout: ActivityTimeouts(total: timeout), priority: priority,
            fairnessKey: fairnessKey, file: file, line: line)
    }

    /// Starts an activity without input, which fails after a total time, without waiting for it.
    public func start<Output>(
        _ activity: Activity<Void, Output>, retry: RetryPolicy? = nil, timeout: Duration,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        start(
            activity, (), retry: retry, timeout: ActivityTimeouts(total: timeout), priority: priority,
            fairnessKey: fairnessKey, file: file, line: line)
    }
}
