/// Shortens JSON text for a report.
enum JSONExcerpt {
    /// The type of a JSON text, with its beginning: `a string ("Tokyo")`.
    static func words(_ bytes: [UInt8]) -> String {
        let shown = cut(String(decoding: bytes.prefix(4 * 80), as: UTF8.self).trimmingSpace)
        switch bytes.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "\""): return "a string (\(shown))"
        case UInt8(ascii: "["): return "an array (\(shown))"
        case UInt8(ascii: "{"): return "an object (\(shown))"
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return shown
        case nil: return "nothing"
        default: return "the number \(shown)"
        }
    }

    /// The beginning of a text on one line.
    static func cut(_ text: String, to length: Int = 80) -> String {
        let scalars = text.unicodeScalars
        let kept = scalars.prefix(length).map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(kept) + (scalars.count > length ? "…" : "")
    }

    /// The JSON text at a place; `nil` if there is none.
    static func place(_ path: [any CodingKey], in bytes: [UInt8]) -> [UInt8]? {
        var current = bytes
        for key in path {
            guard let inner = member(key, of: current) else { return nil }
            current = inner
        }
        return current
    }

    private static func member(_ key: any CodingKey, of bytes: [UInt8]) -> [UInt8]? {
        do {
            return try JSONScanner.scan(bytes, maximumDepth: 512) { (scanner) throws(JSONProblem) in
                var found: [UInt8]?
                if scanner.next == UInt8(ascii: "{") {
                    try scanner.object(0) { (scanner, name) throws(JSONProblem) in
                        let start = scanner.position
                        try scanner.skipValue(depth: 1)
                        if scanner.text(name) == key.stringValue { found = Array(bytes[start..<scanner.position]) }
                    }
                } else if scanner.next == UInt8(ascii: "[") {
                    var index = 0
                    try scanner.array(0) { (scanner) throws(JSONProblem) in
                        let start = scanner.position
                        try scanner.skipValue(depth: 1)
                        if index == key.intValue { found = Array(bytes[start..<scanner.position]) }
                        index += 1
                    }
                } else {
                    try scanner.skipValue(depth: 0)
                }
                return found
            }
        } catch {
            return nil
        }
    }
}

extension String {
    fileprivate var trimmingSpace: String {
        let isSpace = { (character: Character) in character == " " || character.isNewline || character == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
