/// Reads JSON just far enough to know that it is JSON: strict UTF-8, RFC 8259 syntax, bounded depth.
///
/// Nothing is built: a body travels on as the bytes it came in.
struct JSONCheck {
    enum Problem: Error, Sendable, Hashable {
        case syntax(at: Int)
        case notUTF8(at: Int)
        case tooDeep(at: Int)

        var text: String {
            switch self {
            case .syntax(let offset): "the body is no valid JSON at byte \(offset)"
            case .notUTF8(let offset): "the body is no valid UTF-8 at byte \(offset)"
            case .tooDeep(let offset): "the body's JSON is nested too deep at byte \(offset)"
            }
        }
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position: Int

    /// Checks that bytes are one JSON value.
    static func check(_ bytes: [UInt8], maximumDepth: Int = 64) throws(Problem) {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(Problem) in
                var check = JSONCheck(bytes: buffer, maximumDepth: maximumDepth, position: 0)
                check.skipSpace()
                try check.value(depth: 0)
                check.skipSpace()
                guard check.position == buffer.count else { throw Problem.syntax(at: check.position) }
            }
        }
        try result.get()
    }

    mutating func value(depth: Int) throws(Problem) {
        guard position < bytes.count else { throw .syntax(at: position) }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            try members(depth: depth + 1) { check, _, depth throws(Problem) in try check.value(depth: depth) }
        case UInt8(ascii: "["): try elements(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    /// Reads an object; the closure reads the value of each member, whose key lies at the range it is given.
    mutating func members(
        depth: Int, _ member: (inout JSONCheck, Range<Int>, Int) throws(Problem) -> Void
    ) throws(Problem) {
        guard depth <= maximumDepth else { throw .tooDeep(at: position) }
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            let start = position
            try string()
            let key = start..<position
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw .syntax(at: position) }
            skipSpace()
            try member(&self, key, depth)
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
            } else if take(UInt8(ascii: "}")) {
                return
            } else {
                throw .syntax(at: position)
            }
        }
    }

    private mutating func elements(depth: Int) throws(Problem) {
        guard depth <= maximumDepth else { throw .tooDeep(at: position) }
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            try value(depth: depth)
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
            } else if take(UInt8(ascii: "]")) {
                return
            } else {
                throw .syntax(at: position)
            }
        }
    }

    private mutating func string() throws(Problem) {
        guard take(UInt8(ascii: "\"")) else { throw .syntax(at: position) }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw .syntax(at: position)
            case 0x20..<0x80: position += 1
            default:
                guard let length = UTF8Check.sequenceLength(bytes, at: position) else { throw .notUTF8(at: position) }
                position += length
            }
        }
        throw .syntax(at: position)
    }

    private mutating func escape() throws(Problem) {
        let start = position
        position += 1
        guard position < bytes.count else { throw .syntax(at: position) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            switch unit {
            case 0xD800..<0xDC00:
                // Half a character is no text: whoever decodes the string later would fail on it.
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .syntax(at: start) }
                guard case 0xDC00..<0xE000 = try hexadecimal() else { throw .syntax(at: start) }
            case 0xDC00..<0xE000: throw .syntax(at: start)
            default: return
            }
        default: throw .syntax(at: start)
        }
    }

    private mutating func hexadecimal() throws(Problem) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .syntax(at: position) }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = UTF8Check.hexadecimalDigit(bytes[position]) else { throw .syntax(at: position) }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private mutating func number() throws(Problem) {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits(orFailAt: start) }
        if take(UInt8(ascii: ".")) { try digits(orFailAt: start) }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits(orFailAt: start)
        }
    }

    private mutating func digits(orFailAt start: Int) throws(Problem) {
        let first = position
        while position < bytes.count, bytes[position].isASCIIDigit { position += 1 }
        if position == first { throw .syntax(at: start) }
    }

    private mutating func word(_ word: StaticString) throws(Problem) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw .syntax(at: position) }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { throw .syntax(at: position) }
        position += length
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
