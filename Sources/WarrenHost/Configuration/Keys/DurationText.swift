/// Durations as people write them, `500ms`, `30s`, `5m`, `1h30m`, `7d`, and as ISO 8601 does, `PT30S`, `PT1H30M`, `P7D`.
package enum DurationText {
    private static let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
    /// The bound is a thousand years. What is longer is a slip of the hand.
    private static let most = 31_536_000_000_000

    /// Reads a duration.
    ///
    /// - Returns: `nil` for anything else, a number without a unit among them, and for more than a thousand years.
    package static func read(_ text: String) -> Duration? {
        guard text.first == "P" || text.first == "p" else { return sum(text, units[...]) }
        let body = text.dropFirst().lowercased()
        let halves = body.split(separator: "t", maxSplits: 1, omittingEmptySubsequences: false)
        guard let days = halves.first, !body.isEmpty, halves.last?.isEmpty == false || !days.isEmpty else { return nil }
        let dayPart = days.isEmpty ? .zero : sum(String(days), units.prefix(1))
        guard halves.count == 2 else { return dayPart }
        // 'P1DT' has nothing behind its T.
        guard let dayPart, let time = halves.last.flatMap({ sum(String($0), units.dropFirst().dropLast()) }) else {
            return nil
        }
        return dayPart + time
    }

    /// The text for a duration, to the millisecond.
    package static func text(of duration: Duration) -> String {
        // The components of the longest durations do not fit into their numbers.
        guard duration >= .zero, duration < .milliseconds(most) else { return "\(duration)" }
        let (seconds, attoseconds) = duration.components
        var rest = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        var text = ""
        for (unit, milliseconds) in units where rest >= milliseconds {
            text += "\(rest / milliseconds)\(unit)"
            rest %= milliseconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// The text that was probably meant by one that cannot be read: `30` means `30s`, `5 min` means `5m`.
    package static func guess(_ text: String) -> String? {
        let compact = text.filter { $0 != " " && $0 != "_" }.lowercased()
        let digits = compact.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits) else { return nil }
        let word = compact.dropFirst(digits.count)
        let unit: (String, Int)? =
            if word.isEmpty { ("s", 1000) } else if word.hasPrefix("ms") || word.hasPrefix("mil") { ("ms", 1) } else {
                units.first { word.hasPrefix($0.0) }
            }
        guard let unit, number * Double(unit.1) <= Double(most) else { return nil }
        return self.text(of: .milliseconds(Int((number * Double(unit.1)).rounded())))
    }

    /// Adds up numbers with their units, from the largest unit to the smallest, each at most once.
    private static func sum(_ text: String, _ units: ArraySlice<(String, Int)>) -> Duration? {
        var rest = text[...]
        var units = units
        var total = 0
        repeat {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            let letters = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = WholeNumber.read(digits), let place = units.firstIndex(where: { $0.0 == letters }) else {
                return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: units[place].1)
            guard !overflow, product <= most, total + product <= most else { return nil }
            total += product
            units = units[(place + 1)...]
            rest = rest.dropFirst(digits.count + letters.count)
        } while !rest.isEmpty
        return .milliseconds(total)
    }
}
