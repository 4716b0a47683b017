extension ConfigurationKey {
    /// Makes the key of a whole number.
    static func integer(
        _ path: any WritableKeyPath<HostConfiguration, Int> & Sendable, _ name: String, _ range: ClosedRange<Int>,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .integer(range), summary, value: { .integer($0[keyPath: path]) },
            set: { if case .integer(let number) = $1 { $0[keyPath: path] = number } })
    }

    /// Makes the key of a number of bytes.
    static func size(
        _ path: any WritableKeyPath<HostConfiguration, Int> & Sendable, _ name: String, _ range: ClosedRange<Int>,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .size(range), summary, value: { .size($0[keyPath: path]) },
            set: { if case .size(let number) = $1 { $0[keyPath: path] = number } })
    }

    /// Makes the key of a duration, at most 366 days.
    static func duration(
        _ path: any WritableKeyPath<HostConfiguration, Duration> & Sendable, _ name: String,
        from least: Duration = .zero,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .duration(least ... .seconds(366 * 24 * 3600)), summary, value: { .duration($0[keyPath: path]) },
            set: { if case .duration(let duration) = $1 { $0[keyPath: path] = duration } })
    }

    /// Makes the key of yes or no.
    static func flag(
        _ path: any WritableKeyPath<HostConfiguration, Bool> & Sendable, _ name: String, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .flag, summary, value: { .flag($0[keyPath: path]) },
            set: { if case .flag(let flag) = $1 { $0[keyPath: path] = flag } })
    }

    /// Makes the key of a text that need not be there.
    static func text(
        _ path: any WritableKeyPath<HostConfiguration, String?> & Sendable, _ name: String, _ rule: TextRule,
        _ summary: String, confidentiality: Confidentiality = .everything, absent: String = "none",
        alias: String? = nil
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .text(rule), summary, confidentiality: confidentiality, absent: absent, alias: alias,
            value: { $0[keyPath: path].map { .text($0) } },
            set: { if case .text(let text) = $1 { $0[keyPath: path] = text } })
    }

    /// Makes the key of a set of texts.
    static func texts(
        _ path: any WritableKeyPath<HostConfiguration, Set<String>> & Sendable, _ name: String, _ rule: TextRule,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .texts(rule), summary, value: { .list($0[keyPath: path].sorted()) },
            set: { if case .list(let texts) = $1 { $0[keyPath: path] = Set(texts) } })
    }

    /// Makes the key of a set of words that stand for values.
    static func choices<Word: Hashable & Sendable & CustomStringConvertible>(
        _ path: any WritableKeyPath<HostConfiguration, Set<Word>> & Sendable, _ name: String, _ words: [String],
        shorthands: [String: [String]] = [:], _ summary: String, word: @escaping @Sendable (String) -> Word?
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .choices(words, shorthands: shorthands), summary,
            value: { .list($0[keyPath: path].map(\.description).sorted()) },
            set: { if case .list(let texts) = $1 { $0[keyPath: path] = Set(texts.compactMap(word)) } })
    }

    /// Makes the key of one word that stands for a value.
    static func choice<Word: Sendable & CustomStringConvertible>(
        _ path: any WritableKeyPath<HostConfiguration, Word> & Sendable, _ name: String, _ words: [String],
        _ summary: String, word: @escaping @Sendable (String) -> Word?
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, .choice(words), summary, value: { .text($0[keyPath: path].description) },
            set: { if case .text(let text) = $1, let value = word(text) { $0[keyPath: path] = value } })
    }
}
