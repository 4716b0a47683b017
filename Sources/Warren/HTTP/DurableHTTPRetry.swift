/// The statuses that make a call over HTTP fail, and how often it is tried again.
///
/// Without it no status is a failure. With it, a call throws a `TaskFailure` of the type `HTTPStatus` when its last
/// attempt has such a status; its details are the answer: `failure.details(as: DurableHTTPResponse.self)`.
public struct DurableHTTPRetry: Sendable {
    /// The number of attempts and the delays between them.
    public var policy: RetryPolicy
    /// The statuses that are failures; empty for all from 400 on.
    public var statuses: [Int]

    /// Tries again after a status, or after no answer.
    public init(_ policy: RetryPolicy, statuses: [Int] = []) {
        self.policy = policy
        self.statuses = statuses
    }
}
