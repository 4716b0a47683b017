/// The type of a value of a configuration: how it is written, and which values are good.
package enum ConfigurationType: Sendable {
    case text(TextRule)
    case integer(ClosedRange<Int>)
    /// A number of bytes.
    case size(ClosedRange<Int>)
    case duration(ClosedRange<Duration>)
    case flag
    /// One of some words.
    case choice([String])
    /// Any of some words, or one word for several of them.
    case choices([String], shorthands: [String: [String]])
    /// A set of texts, each under the same rule.
    case texts(TextRule)

    /// The type's name in the table of keys.
    package var title: String {
        switch self {
        case .text: "text"
        case .integer: "number"
        case .size: "size"
        case .duration: "duration"
        case .flag: "flag"
        case .choice: "word"
        case .choices: "list of words"
        case .texts: "list"
        }
    }

    /// The good values, to stand behind "it must be".
    package var allowed: String {
        switch self {
        case .text(let rule): rule.allowed
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .size(let range): "\(SizeText.text(of: range.lowerBound)) to \(SizeText.text(of: range.upperBound))"
        case .duration(let range):
            "\(DurationText.text(of: range.lowerBound)) to \(DurationText.text(of: range.upperBound))"
        case .flag: "true or false"
        case .choice(let words): Self.alternatives(words)
        case .choices(let words, let shorthands):
            shorthands.isEmpty
                ? "some of \(words.joined(separator: ", "))"
                : "\(Self.alternatives(shorthands.keys.sorted())), or some of \(words.joined(separator: ", "))"
        case .texts(let rule): "each \(rule.allowed)"
        }
    }

    private static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }
}
