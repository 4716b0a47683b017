package import WarrenMessaging

/// A dead letter that was published again, and the outcome.
package struct RedrivenLetter: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// A host took it.
        case accepted(instanceID: String?)
        /// A host refused it again: it is a new dead letter.
        case refused(String)
        /// The broker has it, and no host has answered yet.
        case unanswered
        /// It cannot be published again, and stays in the queue.
        case impossible(String)
    }

    package var letter: DeadLetterEntry
    package var outcome: Outcome
}
