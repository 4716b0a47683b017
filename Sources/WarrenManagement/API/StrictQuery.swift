#if HTTP
import Warren
import WarrenSupport

/// A request's query in which everything counts: a parameter that is not known, or a value that is not one of its kind,
/// is refused by name.
struct StrictQuery: Sendable {
    private var values: [String: [String]] = [:]

    /// - Throws: `APIProblem` with 400.
    init(_ text: String, known: Set<String>) throws {
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first?.urlDecoded(plusIsSpace: true),
                let value = (parts.dropFirst().first ?? "").urlDecoded(plusIsSpace: true)
            else {
                throw APIProblem.invalid(
                    String(item.prefix(100)), "The query '\(item.prefix(100))' is not percent-encoded UTF-8.",
                    remedy: "Encode each byte outside of letters, digits and -._~ as %XX.")
            }
            guard known.contains(key) else {
                throw APIProblem.invalid(
                    String(key.prefix(100)), "There is no parameter '\(key.prefix(100))' here.",
                    remedy: known.isEmpty
                        ? "This operation has no parameters." : "Parameters: \(known.sorted().joined(separator: ", "))."
                )
            }
            values[key, default: []].append(value)
        }
    }

    func text(_ key: String, bytes: ClosedRange<Int> = 1...128) throws -> String? {
        guard let value = try single(key) else { return nil }
        guard bytes.contains(value.utf8.count), !NameRules.hasControlCharacter(value) else {
            throw wrong(
                key, "a text of \(bytes.lowerBound) to \(bytes.upperBound) bytes without control characters")
        }
        return value
    }

    /// The name of an orchestration.
    func name(_ key: String) throws -> String? {
        guard let value = try single(key) else { return nil }
        if let problem = NameRules.problem(name: value) {
            throw APIProblem.invalid(key, problem, remedy: "Send a registered name: /api/v1/hub lists them.")
        }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = try single(key) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = try single(key) else { return nil }
        guard let number = Double(value), range.contains(number) else {
            throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ key: String) throws -> Bool? {
        switch try single(key) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw wrong(key, "true or false")
        }
    }

    func time(_ key: String) throws -> Timestamp? {
        guard let value = try single(key) else { return nil }
        // A `+` of a zone that was not encoded arrives as a space.
        let text = value.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "+")
        guard let time = ISO8601.timestamp(text) else {
            throw wrong(key, "a time after RFC 3339, such as 2026-11-01T12:00:00Z")
        }
        return time
    }

    /// Words of a set, separated by commas or in repeated parameters, compared without regard to case.
    func words(_ key: String, of known: [String]) throws -> [String] {
        guard let all = values[key] else { return [] }
        return try all.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
            guard let found = known.first(where: { $0.lowercased() == word.lowercased() }) else {
                throw wrong(key, "one or more of \(known.joined(separator: ", "))")
            }
            return found
        }
    }

    func word(_ key: String, of known: [String]) throws -> String? {
        guard let value = try single(key) else { return nil }
        guard known.contains(value) else { throw wrong(key, "one of \(known.joined(separator: ", "))") }
        return value
    }

    func statuses(_ key: String = "status") throws -> [RuntimeStatus] {
        try words(key, of: RuntimeStatus.allCases.map(\.rawValue)).compactMap { RuntimeStatus(rawValue: $0) }
    }

    /// A tag as `key=value`.
    func tag(_ key: String = "tag") throws -> InstanceQuery.Tag? {
        guard let value = try text(key, bytes: 1...600) else { return nil }
        guard let tag = InstanceQuery.Tag(text: value) else { throw wrong(key, "a tag as key=value") }
        return tag
    }

    private func single(_ key: String) throws -> String? {
        guard let all = values[key] else { return nil }
        guard all.count == 1 else {
            throw APIProblem.invalid(key, "'\(key)' is there \(all.count) times.", remedy: "Send it once.")
        }
        return all.first
    }

    private func wrong(_ key: String, _ wanted: String) -> APIProblem {
        APIProblem.invalid(
            key, "'\(key)' is '\(values[key]?.joined(separator: ",").prefix(100) ?? "")', which is not \(wanted).",
            remedy: "Send \(wanted), or leave it out.")
    }
}

extension InstanceQuery.Tag {
    /// A tag written as `key=value`; `nil` if the text is none.
    init?(text: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        self.init(key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
    }
}
#endif
