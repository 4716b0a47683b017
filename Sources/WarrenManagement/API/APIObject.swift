#if HTTP
import Warren
import WarrenSupport

/// The members of a request's body, read one by one; each fault names its member.
struct APIObject: Sendable {
    private var node: JSONNode?

    /// An object without members.
    init() {}

    /// - Throws: `APIProblem` if it is no object, or has a member that is not known.
    init(_ node: JSONNode, known: Set<String>) throws {
        let words = known.sorted().joined(separator: ", ")
        guard let members = node.members else {
            throw APIProblem.invalid("body", "The body is no JSON object.", remedy: "Its members are \(words).")
        }
        for (key, _) in members where !known.contains(key) {
            throw APIProblem.invalid(
                String(key.prefix(100)), "The body has a member '\(key.prefix(100))' that is not known here.",
                remedy: "Its members are \(words).")
        }
        self.node = node
    }

    /// Whether there are members beside one.
    func hasMembers(besides key: String) -> Bool { node?.members?.contains { $0.0 != key } ?? false }

    /// Any value; `nil` if absent.
    func value(_ key: String) -> Payload? { node?[key]?.payload }

    func text(_ key: String, bytes: ClosedRange<Int>) throws -> String? {
        guard let value = node?[key] else { return nil }
        guard let text = value.string else { throw wrong(key, "a string") }
        guard bytes.contains(text.utf8.count) else {
            throw wrong(key, "a string of \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        return text
    }

    func bool(_ key: String) throws -> Bool? {
        guard let value = node?[key] else { return nil }
        guard let bool = value.bool else { throw wrong(key, "true or false") }
        return bool
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = node?[key] else { return nil }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = node?[key] else { return nil }
        guard let number = Double(value.payload.json), range.contains(number) else {
            throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func time(_ key: String) throws -> Timestamp? {
        guard let value = node?[key] else { return nil }
        guard let time = value.string.flatMap(ISO8601.timestamp) else {
            throw wrong(key, "a time after RFC 3339, such as 2026-11-01T12:00:00Z")
        }
        return time
    }

    func texts(_ key: String, most: Int) throws -> [String]? {
        guard let value = node?[key] else { return nil }
        guard let elements = value.elements, elements.count <= most else {
            throw wrong(key, "a list of \(most) strings at the most")
        }
        return try elements.map { element in
            guard let text = element.string else { throw wrong(key, "a list of strings") }
            return text
        }
    }

    /// Strings by name.
    func map(_ key: String, most: Int, keyBytes: Int, valueBytes: Int) throws -> [String: String]? {
        guard let value = node?[key] else { return nil }
        guard let members = value.members, members.count <= most else {
            throw wrong(key, "an object of \(most) strings at the most")
        }
        var map: [String: String] = [:]
        for (name, value) in members {
            guard (1...keyBytes).contains(name.utf8.count), !NameRules.hasControlCharacter(name) else {
                throw wrong(key, "an object whose keys have 1 to \(keyBytes) bytes without control characters")
            }
            guard let text = value.string, text.utf8.count <= valueBytes, !NameRules.hasControlCharacter(text) else {
                throw wrong(key, "an object of strings of \(valueBytes) bytes at the most without control characters")
            }
            map[name] = text
        }
        return map
    }

    private func wrong(_ key: String, _ wanted: String) -> APIProblem {
        APIProblem.invalid(key, "'\(key)' is not \(wanted).", remedy: "Send \(wanted), or leave it out.")
    }
}
#endif
