/// The treatment of a message that is refused: the header `warren-refuse`.
package enum RefusalMode: String, Sendable, Hashable, CaseIterable {
    /// The message is kept as a dead letter, and a requester that waits for a reply gets one.
    case deadLetter = "dead-letter"
    /// A requester that waits for a reply gets one; no dead letter is made.
    case reply
}
