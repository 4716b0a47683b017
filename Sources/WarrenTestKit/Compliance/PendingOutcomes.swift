package import AMQPMessages
import Synchronization

/// The outcomes of a publish, once they are known.
package final class PendingOutcomes: Sendable {
    private let findings: ComplianceFindings
    private let known: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation
    private let first = Mutex<[PublishOutcome]?>(nil)

    /// - Parameter findings: gets to know if the outcomes are told more than once.
    package init(_ findings: ComplianceFindings = ComplianceFindings()) {
        self.findings = findings
        (known, continuation) = AsyncStream.makeStream()
    }

    /// Whether the outcomes are known.
    package var isFinished: Bool { first.withLock { $0 != nil } }

    /// Takes the outcomes.
    package func finish(_ outcomes: [PublishOutcome]) {
        let isFirst = first.withLock { first in
            guard first == nil else { return false }
            first = outcomes
            return true
        }
        guard isFirst else { return findings.fail("the outcomes of a publish are told more than once") }
        continuation.finish()
    }

    /// Waits for the outcomes.
    ///
    /// - Throws: an error when the task is cancelled first.
    package var value: [PublishOutcome] {
        get async throws {
            for await _ in known {}
            guard let outcomes = first.withLock({ $0 }) else {
                throw ComplianceError("nothing is told of what becomes of messages")
            }
            return outcomes
        }
    }
}
