import WarrenStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Comma-separated values with a heading, as RFC 4180 describes them but with the line breaks of Unix. NULL is an empty
/// value, bytes are base64.
struct CSVRows: RowFormat {
    mutating func begin(_ columns: [String]) {
        Console.out(columns.map(Self.quoted).joined(separator: ","))
    }

    mutating func add(_ row: [SQLValue]) {
        Console.out(row.map(Self.text).joined(separator: ","))
    }

    mutating func end(isComplete: Bool) {}

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: ""
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        // An empty text differs from NULL.
        case .text(let text), .json(let text): text.isEmpty ? "\"\"" : quoted(text)
        case .blob(let bytes): Data(bytes).base64EncodedString()
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
