/// What becomes of a message that is refused: the header `warren-refuse`.
package enum RefusalMode: String, Sendable, Hashable, CaseIterable {
    /// It is kept for people, and whoever waits for an answer gets one.
    case deadLetter = "dead-letter"
    /// Whoever waits for an answer gets one, and that is all.
    case reply
}
