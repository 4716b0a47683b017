/// A strict reader of JSON text (RFC 8259): UTF-8 without exceptions, no trailing bytes, bounded depth.
///
/// One scanner serves the parser and the validator, so they cannot disagree about what JSON is.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Parses a whole text.
    package static func read(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONValidator.Problem) -> JSONValue {
        try run(bytes, maximumDepth) { (reader) throws(JSONValidator.Problem) in try reader.value(depth: 0) }
    }

    /// Checks a whole text and builds nothing.
    static func check(_ bytes: [UInt8], maximumDepth: Int) throws(JSONValidator.Problem) {
        try run(bytes, maximumDepth) { (reader) throws(JSONValidator.Problem) in try reader.skipValue(depth: 0) }
    }

    private static func run<Result>(
        _ bytes: [UInt8], _ maximumDepth: Int, _ body: (inout JSONReader) throws(JSONValidator.Problem) -> Result
    ) throws(JSONValidator.Problem) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONValidator.Problem) in
            var reader = JSONReader(buffer, maximumDepth: maximumDepth)
            reader.skipSpace()
            let result = try body(&reader)
            reader.skipSpace()
            guard reader.position == buffer.count else { throw reader.problem("text after the value") }
            return result
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONValidator.Problem) -> JSONValue {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object(depth) { (reader, key) throws(JSONValidator.Problem) in
                members[reader.text(key)] = try reader.value(depth: depth + 1)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array(depth) { (reader) throws(JSONValidator.Problem) in
                elements.append(try reader.value(depth: depth + 1))
            }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(text(try string()))
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default:
            let (start, isWhole) = try number()
            let digits = String(decoding: bytes[start..<position], as: UTF8.self)
            if isWhole, let integer = Int64(digits) { return .integer(integer) }
            guard let double = Double(digits), double.isFinite else { throw problem("a number out of range") }
            return .number(double)
        }
    }

    private mutating func skipValue(depth: Int) throws(JSONValidator.Problem) {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            try object(depth) { (reader, _) throws(JSONValidator.Problem) in try reader.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array(depth) { (reader) throws(JSONValidator.Problem) in try reader.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    private mutating func object(
        _ depth: Int, _ member: (inout JSONReader, StringRange) throws(JSONValidator.Problem) -> Void
    ) throws(JSONValidator.Problem) {
        guard depth < maximumDepth else { throw problem("nested deeper than \(maximumDepth)") }
        position += 1
        skipSpace()
        if try peek("a key or '}'") == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            guard try peek("a key") == UInt8(ascii: "\"") else { throw problem("expected a key") }
            let key = try string()
            skipSpace()
            guard try peek("':'") == UInt8(ascii: ":") else { throw problem("expected ':'") }
            position += 1
            skipSpace()
            try member(&self, key)
            skipSpace()
            let next = try peek("',' or '}'")
            position += 1
            if next == UInt8(ascii: "}") { return }
            guard next == UInt8(ascii: ",") else { throw problem("expected ',' or '}'", at: position - 1) }
            skipSpace()
        }
    }

    private mutating func array(
        _ depth: Int, _ element: (inout JSONReader) throws(JSONValidator.Problem) -> Void
    ) throws(JSONValidator.Problem) {
        guard depth < maximumDepth else { throw problem("nested deeper than \(maximumDepth)") }
        position += 1
        skipSpace()
        if try peek("a value or ']'") == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try element(&self)
            skipSpace()
            let next = try peek("',' or ']'")
            position += 1
            if next == UInt8(ascii: "]") { return }
            guard next == UInt8(ascii: ",") else { throw problem("expected ',' or ']'", at: position - 1) }
            skipSpace()
        }
    }

    // MARK: Tokens

    private mutating func literal(_ text: StaticString) throws(JSONValidator.Problem) {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw problem("expected '\(text)'") }
        for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] {
            throw problem("expected '\(text)'")
        }
        position = end
    }

    private mutating func number() throws(JSONValidator.Problem) -> (start: Int, isWhole: Bool) {
        let start = position
        var isWhole = true
        if at(position) == UInt8(ascii: "-") { position += 1 }
        let leading = at(position)
        guard try digits() > 0 else { throw problem("expected a value", at: start) }
        if leading == UInt8(ascii: "0"), position - start > (at(start) == UInt8(ascii: "-") ? 2 : 1) {
            throw problem("a number with a leading zero", at: start)
        }
        if at(position) == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            guard try digits() > 0 else { throw problem("expected a digit") }
        }
        if at(position) | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if at(position) == UInt8(ascii: "+") || at(position) == UInt8(ascii: "-") { position += 1 }
            guard try digits() > 0 else { throw problem("expected a digit") }
        }
        return (start, isWhole)
    }

    private mutating func digits() throws(JSONValidator.Problem) -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        return position - start
    }

    /// Where a string's text is, between the quotes.
    private typealias StringRange = (start: Int, end: Int, hasEscapes: Bool)

    private mutating func string() throws(JSONValidator.Problem) -> StringRange {
        position += 1
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return (start, position - 1, hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape()
            } else if byte < 0x20 {
                throw problem("a control character in a string")
            } else if byte < 0x80 {
                position += 1
            } else {
                try multibyte(byte)
            }
        }
        throw problem("a string without an end")
    }

    private mutating func escape() throws(JSONValidator.Problem) {
        switch at(position + 1) {
        case UInt8(ascii: "u"):
            let unit = try hex(position + 2)
            guard unit & 0xDC00 != 0xDC00 || unit & 0xF800 != 0xD800 else { throw problem("a lone surrogate") }
            position += 6
            guard unit & 0xFC00 == 0xD800 else { return }
            guard at(position) == UInt8(ascii: "\\"), at(position + 1) == UInt8(ascii: "u"),
                try hex(position + 2) & 0xFC00 == 0xDC00
            else { throw problem("a lone surrogate") }
            position += 6
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        default: throw problem("an unknown escape")
        }
    }

    private func hex(_ start: Int) throws(JSONValidator.Problem) -> UInt32 {
        guard start + 4 <= bytes.count else { throw problem("an escape without an end") }
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            let byte = bytes[index]
            let digit: UInt8
            if byte &- 0x30 < 10 {
                digit = byte - 0x30
            } else if (byte | 0x20) &- 0x61 < 6 {
                digit = (byte | 0x20) - 0x61 + 10
            } else {
                throw problem("expected a hexadecimal digit", at: index)
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// One character of two to four bytes, after table 3-7 of the Unicode standard.
    private mutating func multibyte(_ lead: UInt8) throws(JSONValidator.Problem) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw problem("not UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { throw problem("not UTF-8") }
        for index in position + 2..<max(position + length, position + 2) where bytes[index] & 0xC0 != 0x80 {
            throw problem("not UTF-8")
        }
        position += length
    }

    /// The text of a string that was scanned, hence is well formed.
    private func text(_ range: StringRange) -> String {
        guard range.hasEscapes else { return String(decoding: bytes[range.start..<range.end], as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(range.end - range.start)
        var index = range.start
        while index < range.end {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let kind = bytes[index + 1]
            index += 2
            switch kind {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                var code = (try? hex(index)) ?? 0xFFFD
                index += 4
                if code & 0xFC00 == 0xD800 {
                    code = 0x10000 + (code & 0x3FF) << 10 + (((try? hex(index + 2)) ?? 0) & 0x3FF)
                    index += 6
                }
                text.append(contentsOf: Character(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
            default: text.append(kind)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// A byte, or 0 past the end: no token contains a zero byte.
    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func peek(_ expected: String) throws(JSONValidator.Problem) -> UInt8 {
        guard position < bytes.count else { throw problem("the text ends where \(expected) belongs") }
        return bytes[position]
    }

    private func problem(_ message: String, at offset: Int? = nil) -> JSONValidator.Problem {
        JSONValidator.Problem(offset: offset ?? position, message: message)
    }
}
