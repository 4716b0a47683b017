import WarrenSupport

/// Compares JSON texts as values, without turning numbers into types that would lose digits.
package enum JSONComparison {
    /// Whether two payloads are the same JSON value.
    ///
    /// - Parameter ignoringOrder: whether the order of array elements is disregarded, at every depth. Every process
    ///   writes a set in another order, and also a dictionary with keys that are not text, which becomes a flat array.
    /// - Returns: `nil` if one of them is not JSON.
    package static func areEqual(_ left: Payload, _ right: Payload, ignoringOrder: Bool = false) -> Bool? {
        do {
            return try canonical(left, ignoringOrder) == canonical(right, ignoringOrder)
        } catch {
            return nil
        }
    }

    private static func canonical(_ payload: Payload, _ sorts: Bool) throws(JSONProblem) -> [UInt8] {
        try JSONScanner.scan(payload.bytes, maximumDepth: 512) { (scanner) throws(JSONProblem) in
            try scanner.canonical(depth: 0, payload.bytes, sorts)
        }
    }

    /// A number's sign, digits without leading and trailing zeros, and exponent: the same for `1.10`, `1.1` and `11e-1`.
    fileprivate static func canonical(number text: ArraySlice<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var isNegative = false
        var scale = 0
        var exponent = 0
        var isFraction = false
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                let written = String(decoding: rest, as: UTF8.self)
                // The exponent is beyond the range of `Int`: it is compared as text.
                guard let value = Int(written), value.magnitude < 1 << 40 else { return Array(text) }
                exponent = value
                rest = []
            default:
                digits.append(byte)
                if isFraction { scale += 1 }
            }
        }
        exponent -= scale
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        guard !digits.isEmpty else { return [UInt8(ascii: "0")] }
        return (isNegative ? [UInt8(ascii: "-")] : []) + digits + [UInt8(ascii: "e")] + Array("\(exponent)".utf8)
    }
}

extension JSONScanner {
    fileprivate mutating func canonical(
        depth: Int, _ bytes: [UInt8], _ sorts: Bool
    ) throws(JSONProblem) -> [UInt8] {
        let start = position
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            var members: [[UInt8]: [UInt8]] = [:]
            try object(depth) { (scanner, key) throws(JSONProblem) in
                var text: [UInt8] = []
                JSONText.append(scanner.text(key), to: &text)
                members[text] = try scanner.canonical(depth: depth + 1, bytes, sorts)
            }
            let sorted = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            return Self.joined("{", "}", sorted.map { $0.key + [UInt8(ascii: ":")] + $0.value })
        case UInt8(ascii: "["):
            var elements: [[UInt8]] = []
            try array(depth) { (scanner) throws(JSONProblem) in
                elements.append(try scanner.canonical(depth: depth + 1, bytes, sorts))
            }
            if sorts { elements.sort { $0.lexicographicallyPrecedes($1) } }
            return Self.joined("[", "]", elements)
        case UInt8(ascii: "\""):
            let text = text(try string())
            var written: [UInt8] = []
            JSONText.append(text, to: &written)
            return written
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            try skipValue(depth: depth)
            return Array(bytes[start..<position])
        default:
            try skipValue(depth: depth)
            return JSONComparison.canonical(number: bytes[start..<position])
        }
    }

    private static func joined(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ parts: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: open)] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: close)]
    }
}
