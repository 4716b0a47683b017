/// Whole numbers in decimal digits.
package enum WholeNumber {
    /// Reads digits, with a `-` before them if the number is negative; nothing else, not even a `+` or a space.
    package static func read(_ text: some StringProtocol) -> Int? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
