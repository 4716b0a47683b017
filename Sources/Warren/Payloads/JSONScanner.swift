/// Moves through JSON text (RFC 8259): UTF-8 without exceptions, no trailing bytes, bounded depth.
///
/// One scanner serves all parsers of JSON, so that they agree about what it is: the validator (which builds nothing),
/// the reader of values, and the readers of single members as the bytes in which they are written.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    /// The position: the number of bytes before it.
    package private(set) var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Scans a whole text. The closure must move behind the one value that begins at the scanner's position.
    package static func scan<Result>(
        _ bytes: [UInt8], maximumDepth: Int,
        _ body: (inout JSONScanner) throws(JSONProblem) -> Result
    ) throws(JSONProblem) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONProblem) in
            var scanner = JSONScanner(buffer, maximumDepth: maximumDepth)
            scanner.skipSpace()
            let result = try body(&scanner)
            scanner.skipSpace()
            guard scanner.position == buffer.count else { throw scanner.problem("text after the value") }
            return result
        }
    }

    /// The next byte; `nil` at the end.
    package var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    // MARK: Values

    /// Moves behind a value that begins here.
    package mutating func skipValue(depth: Int) throws(JSONProblem) {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            try object(depth) { (scanner, _) throws(JSONProblem) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array(depth) { (scanner) throws(JSONProblem) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    /// Reads an object; the closure reads the value of each member and gets its key.
    package mutating func object(
        _ depth: Int, _ member: (inout JSONScanner, StringRange) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        guard depth < maximumDepth else { throw problem("nested deeper than \(maximumDepth)", .depth) }
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

    /// Reads an array; the closure reads each element.
    package mutating func array(
        _ depth: Int, _ element: (inout JSONScanner) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        guard depth < maximumDepth else { throw problem("nested deeper than \(maximumDepth)", .depth) }
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

    mutating func literal(_ text: StaticString) throws(JSONProblem) {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw problem("expected '\(text)'") }
        for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] {
            throw problem("expected '\(text)'")
        }
        position = end
    }

    mutating func number() throws(JSONProblem) -> (start: Int, isWhole: Bool) {
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

    private mutating func digits() throws(JSONProblem) -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        return position - start
    }

    /// The range of a string's text, between the quotes.
    package typealias StringRange = (start: Int, end: Int, hasEscapes: Bool)

    /// Moves behind a string that begins here.
    package mutating func string() throws(JSONProblem) -> StringRange {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlain()
            guard position < bytes.count else { break }
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
                guard let length = UTF8Check.sequenceLength(bytes, at: position) else {
                    throw problem("not UTF-8", .encoding)
                }
                position += length
            }
        }
        throw problem("a string without an end")
    }

    /// Moves over text of a string that stands for itself, eight bytes at a time: ASCII without quotes, backslashes and control
    /// characters. Fewer than eight bytes of it may be left at the end of everything.
    private mutating func skipPlain() {
        func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
        // The lowest byte with its highest bit set is the first one that is smaller; those above it may be wrong by a borrow.
        func smaller(_ word: UInt64, than byte: UInt8) -> UInt64 { (word &- all(byte)) & ~word }
        func equal(_ word: UInt64, to byte: UInt8) -> UInt64 { smaller(word ^ all(byte), than: 1) }
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let special =
                (word | smaller(word, than: 0x20) | equal(word, to: UInt8(ascii: "\""))
                    | equal(word, to: UInt8(ascii: "\\"))) & all(0x80)
            guard special == 0 else {
                position += special.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
    }

    private mutating func escape() throws(JSONProblem) {
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

    private func hex(_ start: Int) throws(JSONProblem) -> UInt32 {
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
            unit = unit << 4 | UInt32(truncatingIfNeeded: digit)
        }
        return unit
    }

    /// The text of a string that was scanned, and so is well formed.
    package func text(_ range: StringRange) -> String {
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

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// A byte, or 0 after the end: no token contains a zero byte.
    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    func peek(_ expected: StaticString) throws(JSONProblem) -> UInt8 {
        guard position < bytes.count else { throw problem("the text ends where \(expected) belongs") }
        return bytes[position]
    }

    func problem(
        _ message: String, _ reason: JSONProblem.Reason = .syntax, at offset: Int? = nil
    ) -> JSONProblem {
        JSONProblem(offset: offset ?? position, reason: reason, message: message)
    }
}
