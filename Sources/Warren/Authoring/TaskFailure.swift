/// Thrown in an orchestrator by a call if its activity or sub-orchestration failed.
///
/// Catch this type to react to failures of work, and do not catch other errors: they mean that the orchestrator itself
/// is wrong, or that it is being evicted (see <doc:Determinism>).
///
/// ```swift
/// do {
///     try await context.call(chargeCard, order)
/// } catch let failure as TaskFailure where failure.details.isCaused(by: "CardDeclined") {
///     try await context.call(releaseStock, order)
/// }
/// ```
public struct TaskFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of the called function.
    public enum Kind: String, Sendable, Hashable, Codable {
        case activity
        case subOrchestration
    }

    /// The kind of the called function.
    public var kind: Kind
    /// The name of the activity or orchestration.
    public var name: String
    /// The number of the call in the execution; with retries, of the last attempt.
    public var number: Int
    /// The number of the attempt that failed, from 1; more than 1 if the call has a retry policy.
    public var attempt: Int
    /// The failure that the function reported.
    public var details: FailureDetails

    /// A failed call.
    public init(kind: Kind, name: String, number: Int, attempt: Int = 1, details: FailureDetails) {
        self.kind = kind
        self.name = name
        self.number = number
        self.attempt = attempt
        self.details = details
    }

    /// The text that logs and errors show.
    public var description: String {
        let what = kind == .activity ? "Activity" : "Sub-orchestration"
        return "\(what) '\(name)' (#\(number)) failed: \(details.type): \(details.message)"
    }
}
