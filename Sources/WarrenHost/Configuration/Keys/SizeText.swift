/// Numbers of bytes as people write them: `1048576`, `64KiB`, `8MiB`, `1GiB`, `1TiB`.
package enum SizeText {
    private static let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]

    /// Reads a number of bytes.
    ///
    /// - Returns: `nil` for anything else, and for numbers that do not fit.
    package static func read(_ text: String) -> Int? {
        for (unit, shift) in units where text.hasSuffix(unit) {
            return WholeNumber.read(text.dropLast(unit.count)).flatMap { multiply($0, by: 1 << shift) }
        }
        return WholeNumber.read(text)
    }

    /// The shortest text for a number of bytes.
    package static func text(of bytes: Int) -> String {
        for (unit, shift) in units where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }

    /// The text that was probably meant by one that cannot be read: `64 MB` means `64MiB`.
    package static func guess(_ text: String) -> String? {
        let compact = text.filter { $0 != " " && $0 != "_" }
        let digits = compact.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let first = compact.dropFirst(digits.count).first?.uppercased() else {
            return read(compact) == nil ? nil : compact
        }
        if first == "B" { return String(digits) }
        guard let (unit, _) = units.first(where: { $0.0.hasPrefix(first) }) else { return nil }
        let guess = "\(digits)\(unit)"
        return read(guess) == nil ? nil : guess
    }

    private static func multiply(_ number: Int, by unit: Int) -> Int? {
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }
}
