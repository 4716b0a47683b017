/// A rule for texts, by what people are told of it and what it refuses.
package struct TextRule: Sendable {
    /// What is allowed, to stand behind "it must be".
    package let allowed: String
    /// What is wrong with a text, or `nil` if it is good.
    package let complaint: @Sendable (String) -> ConfigurationComplaint?

    /// Makes a rule from a test.
    package init(_ allowed: String, _ accepts: @escaping @Sendable (String) -> Bool) {
        self.allowed = allowed
        complaint = { accepts($0) ? nil : ConfigurationComplaint("is refused; it must be \(allowed)") }
    }

    /// Makes a rule from something that says by itself what is wrong.
    package init(_ allowed: String, complaint: @escaping @Sendable (String) -> ConfigurationComplaint?) {
        self.allowed = allowed
        self.complaint = complaint
    }

    /// Any text that is not empty.
    package static let any = TextRule("a text that is not empty") { !$0.isEmpty }
}
