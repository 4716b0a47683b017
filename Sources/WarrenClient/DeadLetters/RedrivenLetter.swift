package import WarrenMessaging

/// A letter that was tried again, and what became of it.
package struct RedrivenLetter: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// A host took it.
        case accepted(instanceID: String?)
        /// A host refused it again: it is a new dead letter.
        case refused(String)
        /// The broker has it, and no host has said yet whether it takes it.
        case unanswered
        /// It cannot be tried again, and stays where it was.
        case impossible(String)
    }

    package var letter: DeadLetterEntry
    package var outcome: Outcome
}
