/// The destination and the moment of a reply.
package struct ReplyAddress: Sendable, Hashable, Codable {
    package enum Mode: String, Sendable, Hashable, Codable {
        case completed, accepted, both, none
    }

    /// A queue name that passed the allowlist.
    package var queue: String
    package var correlationID: String
    package var mode: Mode

    package init(queue: String, correlationID: String, mode: Mode = .completed) {
        self.queue = queue
        self.correlationID = correlationID
        self.mode = mode
    }
}
