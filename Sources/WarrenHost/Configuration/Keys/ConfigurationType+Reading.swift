extension ConfigurationType {
    /// Reads a value, and checks that it is a good one.
    ///
    /// - Throws: what is wrong, with the nearest good value.
    package func read(_ input: ConfigurationInput) throws(ConfigurationComplaint) -> ConfigurationValue {
        let value = try unchecked(input)
        if let complaint = complaint(about: value) { throw complaint }
        return value
    }

    /// What is wrong with a value that has the right form, or `nil` if it is good.
    package func complaint(about value: ConfigurationValue) -> ConfigurationComplaint? {
        switch (self, value) {
        case (.integer(let range), .integer(let number)):
            guard !range.contains(number) else { return nil }
            return outOfRange(nearest: .integer(number < range.lowerBound ? range.lowerBound : range.upperBound))
        case (.size(let range), .size(let number)):
            guard !range.contains(number) else { return nil }
            return outOfRange(nearest: .size(number < range.lowerBound ? range.lowerBound : range.upperBound))
        case (.duration(let range), .duration(let duration)):
            guard !range.contains(duration) else { return nil }
            return outOfRange(nearest: .duration(duration < range.lowerBound ? range.lowerBound : range.upperBound))
        case (.text(let rule), .text(let text)):
            return rule.complaint(text)
        case (.texts(let rule), .list(let texts)):
            for text in texts {
                if let complaint = rule.complaint(text) {
                    return ConfigurationComplaint("has the item '\(text)', which \(complaint.reason)")
                }
            }
            return nil
        case (.choice(let words), .text(let word)):
            return words.contains(word) ? nil : unknown(word, among: words)
        case (.choices(let words, _), .list(let items)):
            guard let word = items.first(where: { !words.contains($0) }) else { return nil }
            return unknown(word, among: words)
        case (.flag, .flag): return nil
        default: return ConfigurationComplaint("is not \(title)")
        }
    }

    private func outOfRange(nearest: ConfigurationValue) -> ConfigurationComplaint {
        ConfigurationComplaint("is out of range; it must be \(allowed)", nearest: nearest.description)
    }

    private func unknown(_ word: String, among words: [String]) -> ConfigurationComplaint {
        ConfigurationComplaint(
            "is unknown; it must be \(allowed)", nearest: NearestName.of(word, among: words))
    }

    /// Reads the form of a value; the range comes later.
    private func unchecked(_ input: ConfigurationInput) throws(ConfigurationComplaint) -> ConfigurationValue {
        switch self {
        case .texts: return .list(Set(input.items).sorted())
        case .choices(let words, let shorthands):
            var chosen: Set<String> = []
            for item in input.items {
                if let several = shorthands[item] {
                    chosen.formUnion(several)
                } else if let word = words.first(where: { $0.lowercased() == item.lowercased() }) {
                    chosen.insert(word)
                } else {
                    throw unknown(item, among: shorthands.keys.sorted() + words)
                }
            }
            return .list(chosen.sorted())
        default: return try single(input)
        }
    }

    private func single(_ input: ConfigurationInput) throws(ConfigurationComplaint) -> ConfigurationValue {
        guard case .text(let text) = input else {
            throw ConfigurationComplaint("is a list; it must be one value: \(allowed)")
        }
        switch self {
        case .integer:
            guard let number = WholeNumber.read(text) else {
                let digits = text.filter { $0 != "_" && $0 != "," && $0 != " " && $0 != "'" }
                throw ConfigurationComplaint(
                    "is not a whole number; it must be \(allowed)", nearest: WholeNumber.read(digits).map { "\($0)" })
            }
            return .integer(number)
        case .size:
            guard let bytes = SizeText.read(text) else {
                throw ConfigurationComplaint(
                    "is not a size, such as 1048576, 64KiB, 8MiB or 1GiB; it must be \(allowed)",
                    nearest: SizeText.guess(text))
            }
            return .size(bytes)
        case .duration:
            guard let duration = DurationText.read(text) else {
                throw ConfigurationComplaint(
                    "is not a duration, such as 500ms, 30s, 5m, 1h30m, 7d or PT30S; it must be \(allowed)",
                    nearest: DurationText.guess(text))
            }
            return .duration(duration)
        case .flag:
            switch text {
            case "true": return .flag(true)
            case "false": return .flag(false)
            default:
                let isYes = ["yes", "on", "1", "y", "true"].contains(text.lowercased())
                let isNo = ["no", "off", "0", "n", "false"].contains(text.lowercased())
                throw ConfigurationComplaint(
                    "is neither true nor false", nearest: isYes ? "true" : isNo ? "false" : nil)
            }
        default: return .text(text)
        }
    }
}
