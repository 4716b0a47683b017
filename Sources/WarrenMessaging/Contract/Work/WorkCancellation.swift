/// The message to a worker that a call is given up: it should stop, and its answer is dropped.
package struct WorkCancellation: Sendable, Hashable {
    /// Why a call was given up.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The orchestrator cancelled it.
        case canceled
        /// The instance was terminated, failed, or is gone.
        case ended
        /// A time limit ran out.
        case timeout
    }

    /// The runs that it is about.
    package enum Subject: Sendable, Hashable {
        /// One call, by the correlation ID of its work item.
        case call(correlationID: String)
        /// All calls of an execution.
        case execution(String)
    }

    package var subject: Subject
    package var reason: Reason
    /// The instance that called, for people.
    package var instanceID: String

    package init(_ subject: Subject, _ reason: Reason, instanceID: String) {
        self.subject = subject
        self.reason = reason
        self.instanceID = instanceID
    }
}
