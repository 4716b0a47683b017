import WarrenStorage
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Each row as a JSON object on a line. A column of JSON is embedded as it is; bytes are base64.
struct JSONRows: RowFormat {
    private var columns: [String] = []

    mutating func begin(_ columns: [String]) {
        self.columns = columns
    }

    mutating func add(_ row: [SQLValue]) {
        var object = JSONObjectWriter()
        for (column, value) in zip(columns, row) { object.add(column, raw: Self.json(value)) }
        Console.out(object.text)
    }

    mutating func end(isComplete: Bool) {}

    private static func json(_ value: SQLValue) -> String {
        switch value {
        case .null: return "null"
        case .integer(let number): return "\(number)"
        case .real(let number):
            var bytes: [UInt8] = []
            JSONText.append(number, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        case .text(let text): return JSONText.quoted(text)
        // A line break between tokens would end the line.
        case .json(let text): return text.split { ["\n", "\r", "\r\n"].contains($0) }.joined(separator: " ")
        case .blob(let bytes): return JSONText.quoted(Data(bytes).base64EncodedString())
        }
    }
}
