package import Warren

/// The start that an event carries for an instance that does not exist.
package struct EventStart: Sendable, Hashable {
    /// The orchestration's name.
    package var name: String
    package var input: Payload
    package var tags: [String: String]
    /// Whether an instance that has ended is replaced; otherwise the event is refused.
    package var replacesFinished: Bool

    package init(
        name: String, input: Payload = .null, tags: [String: String] = [:], replacesFinished: Bool = false
    ) {
        self.name = name
        self.input = input
        self.tags = tags
        self.replacesFinished = replacesFinished
    }
}
