import Warren
import WarrenSupport

/// The rules for names and IDs.
package enum WireRules {
    /// Whether a text can name an orchestration or activity: `^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`.
    package static func isName(_ text: String) -> Bool { NameRules.problem(name: text) == nil }

    /// Whether a text can name an event: 1 to 100 bytes of UTF-8 without control characters and `/`, which separates it
    /// from the instance.
    package static func isEventName(_ text: String) -> Bool { NameRules.problem(eventName: text) == nil }

    /// Whether a text can be an instance ID: 1 to 128 bytes of UTF-8 without control characters and `/ \ # ? *`,
    /// neither `.` nor `..`, not beginning with `@` or `$`, which are reserved for instances of the system.
    package static func isInstanceID(_ text: String) -> Bool {
        NameRules.problem(instanceID: text) == nil
    }

    /// Whether a text can be an instance ID, including those that hosts may choose and publishers may not.
    static func isInternalInstanceID(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), text != ".", text != ".." else { return false }
        return !NameRules.hasControlCharacter(text) && !NameRules.hasPathCharacter(text)
    }

    /// Whether a text is read from a header as it was written.
    static func fitsHeader(_ text: String?, maximum: Int = 255) -> Bool { (text?.utf8.count ?? 0) <= maximum }

    static func checkName(_ text: String, of kind: String, field: String) throws(Refusal) {
        guard isName(text) else {
            throw Refusal(
                .badName,
                "'\(excerpt(text))' (\(field)) cannot name \(kind). Use 1 to 100 letters, digits, '_', '.' or '-', "
                    + "beginning with a letter or '_'.")
        }
    }

    static func checkEventName(_ text: String, field: String) throws(Refusal) {
        guard isEventName(text) else {
            throw Refusal(
                .badName,
                "'\(excerpt(text))' (\(field)) cannot name an event. Use 1 to 100 bytes of UTF-8 without control "
                    + "characters and '/'.")
        }
    }

    static func checkVersion(_ text: String, field: String) throws(Refusal) {
        if let problem = OrchestrationVersion.problem(text) { throw Refusal(.badHeader, "The \(field): \(problem)") }
    }

    static func checkInstanceID(_ text: String, field: String) throws(Refusal) {
        guard isInstanceID(text) else {
            throw Refusal(
                .badInstanceID,
                "'\(excerpt(text))' (\(field)) cannot be an instance ID. Use 1 to 128 bytes of UTF-8 without control "
                    + "characters and none of / \\ # ? *, not beginning with '@' or '$', and neither '.' nor '..'.")
        }
    }

    /// Whether a text has characters that no name, ID or queue has: they end lines, move cursors, and end a text for
    /// programs in C.
    static func hasControlCharacters(_ text: String) -> Bool { NameRules.hasControlCharacter(text) }

    /// Whether a text has the replacement character U+FFFD (0xEF 0xBF 0xBD), which stands for bytes that are no UTF-8.
    static func hasReplacementCharacter(_ text: String) -> Bool {
        let mayHave = text.utf8.withContiguousStorageIfAvailable { $0.contains(0xEF) } ?? true
        return mayHave && text.unicodeScalars.contains("\u{FFFD}")
    }

    /// The beginning of a text, for a report, without control characters.
    package static func excerpt(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(80).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return String(scalars) + (text.unicodeScalars.count > 80 ? "…" : "")
    }
}
