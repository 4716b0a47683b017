/// A value as it stands in a file, in the environment or on a command line, before it is read.
package enum ConfigurationInput: Sendable, Hashable, CustomStringConvertible {
    /// A single value. Where a list is expected, its items are separated by commas.
    case text(String)
    /// A list of values.
    case list([String])

    /// The items of a list, without the spaces around them. An empty text is an empty list.
    package var items: [String] {
        switch self {
        case .list(let items): items
        case .text(let text):
            text.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmed() }
                .filter { !$0.isEmpty || text.contains(",") }
        }
    }

    /// The value on one line, at most 100 characters of it.
    package var description: String {
        let whole =
            switch self {
            case .text(let text): text
            case .list(let items): "[\(items.joined(separator: ", "))]"
            }
        let printable = whole.unicodeScalars.prefix(101).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return printable.count > 100 ? printable.prefix(100).joined() + "…" : printable.joined()
    }
}

extension StringProtocol {
    /// The text without the spaces and tabs around it.
    fileprivate func trimmed() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let front = drop(while: isBlank)
        return String(front.reversed().drop(while: isBlank).reversed())
    }
}
