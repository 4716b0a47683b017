/// A binding key of a topic exchange: words between dots, `*` for one word, `#` for none or more.
public struct TopicPattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case word(String)
        case one
        case many
    }

    private let parts: [Part]

    /// Parses a binding key; every text is one.
    public init(_ pattern: String) {
        parts = TopicPattern.words(pattern).map {
            switch $0 {
            case "*": .one
            case "#": .many
            default: .word(String($0))
            }
        }
    }

    /// Whether the pattern takes every key.
    var matchesAll: Bool { parts == [.many] }

    /// Whether the pattern takes a routing key. The time is bounded whatever the key and the pattern are.
    public func matches(_ key: String) -> Bool {
        if matchesAll { return true }
        return matches(TopicPattern.words(key))
    }

    /// Goes back to the last `#` only, so the time is bounded by words times parts, whatever the publisher sends.
    private func matches(_ words: [Substring]) -> Bool {
        var part = 0
        var word = 0
        var lastMany: (part: Int, word: Int)?
        while word < words.count {
            if part < parts.count {
                switch parts[part] {
                case .many:
                    lastMany = (part, word)
                    part += 1
                    continue
                case .one:
                    part += 1
                    word += 1
                    continue
                case .word(let text) where text == words[word]:
                    part += 1
                    word += 1
                    continue
                case .word: break
                }
            }
            guard let many = lastMany else { return false }
            lastMany = (many.part, many.word + 1)
            part = many.part + 1
            word = many.word + 1
        }
        return parts[part...].allSatisfy { $0 == .many }
    }

    /// Splits a key as the broker does: an empty key has no words, and a lone dot has an empty word on either side.
    private static func words(_ text: String) -> [Substring] {
        text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false)
    }
}
