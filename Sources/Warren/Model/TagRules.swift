/// What labels of an instance may be. The bounds are those that a start message has.
package enum TagRules {
    /// The number of labels of an instance.
    package static let most = 64
    /// The length of a name, in bytes of UTF-8.
    package static let maximumName = 200
    /// The length of a value, in bytes of UTF-8.
    package static let maximumValue = 1024

    /// The reason why a label cannot be set; `nil` if it can.
    ///
    /// - Parameters:
    ///   - value: the new value; `nil` to remove the label.
    ///   - tags: the labels that the instance has.
    package static func problem(name: String, value: String?, in tags: [String: String]) -> String? {
        guard (1...maximumName).contains(name.utf8.count) else {
            return "A tag's name has 1 to \(maximumName) bytes of UTF-8; this one has \(name.utf8.count)."
        }
        guard !(name + (value ?? "")).unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return "The tag '\(name)' has a control character in its name or value."
        }
        guard let value else { return nil }
        guard value.utf8.count <= maximumValue else {
            return
                "A tag's value has at most \(maximumValue) bytes of UTF-8; that of '\(name)' has \(value.utf8.count)."
        }
        guard tags[name] != nil || tags.count < most else {
            return "The instance has \(tags.count) tags already, and \(most) are allowed. Remove one first."
        }
        return nil
    }
}
