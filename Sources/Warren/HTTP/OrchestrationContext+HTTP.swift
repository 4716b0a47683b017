extension OrchestrationContext {
    /// Makes a request over HTTP and waits for its answer.
    ///
    /// The request is made by the activity `BuiltIn::HttpActivity`, on a host that allows it; it may be made more than
    /// once, as any activity may run again. If the answer is 202 and has a `Location` that can be followed, the
    /// orchestrator asks there until the work is done, waiting on durable timers, and returns the last answer.
    ///
    /// ```swift
    /// let answer = try await context.callHTTP(
    ///     .json("https://pay.example/charges", charge, credential: "payments"),
    ///     retry: DurableHTTPRetry(RetryPolicy(maxAttempts: 5), statuses: [429, 503]))
    /// ```
    ///
    /// - Parameters:
    ///   - request: The request. It stands in the history.
    ///   - retry: The statuses that are failures, and the attempts; without it no status is a failure.
    ///   - polling: The times between two questions after a 202; `nil` to return it as it is.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    /// - Throws: `TaskFailure` if there is no answer: the type of its details is `HTTPTimeout`, `HTTPConnection`,
    ///   `HTTPRequestRefused` or `HTTPAnswerRefused`, or `HTTPStatus` with a retry policy (see <doc:Errors>);
    ///   `CancellationError` if the surrounding Swift task is cancelled.
    public func callHTTP(
        _ request: DurableHTTPRequest, retry: DurableHTTPRetry? = nil, polling: DurableHTTPPolling? = .standard,
        file: StaticString = #fileID, line: UInt = #line
    ) async throws -> DurableHTTPResponse {
        var request = request
        request.failOn = retry?.statuses
        var response = try await call(DurableHTTP.activity, request, retry: retry?.policy, file: file, line: line)
        guard let polling else { return response }
        while response.status == 202, let (last, next) = Self.continuation(of: response) {
            try await sleep(for: polling.delay(after: response, now: core.now), file: file, line: line)
            request = request.following(next, from: last)
            response = try await call(DurableHTTP.activity, request, retry: retry?.policy, file: file, line: line)
        }
        return response
    }

    /// The URL of a 202, and the one at which to ask how the work goes; `nil` if it names none that can be asked.
    private static func continuation(of response: DurableHTTPResponse) -> (last: HTTPLocation, next: HTTPLocation)? {
        guard let reference = response.headers["location"] else { return nil }
        do {
            let last = try HTTPLocation(response.url)
            return (last, try last.resolved(reference))
        } catch {
            // A place that cannot be asked is none: the orchestrator gets the 202 with its headers.
            return nil
        }
    }
}
