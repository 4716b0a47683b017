/// Builds values from JSON text.
package enum JSONReader {
    /// Parses a whole text.
    package static func read(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONProblem) -> JSONValue {
        try JSONScanner.scan(bytes, maximumDepth: maximumDepth) { (scanner) throws(JSONProblem) in
            try scanner.value(depth: 0)
        }
    }
}

extension JSONScanner {
    fileprivate mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object(depth) { (scanner, key) throws(JSONProblem) in
                members[scanner.text(key)] = try scanner.value(depth: depth + 1)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array(depth) { (scanner) throws(JSONProblem) in
                elements.append(try scanner.value(depth: depth + 1))
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
            let digits = text((start, position, hasEscapes: false))
            if isWhole, let integer = Int64(digits) { return .integer(integer) }
            guard let double = Double(digits), double.isFinite else { throw problem("a number out of range") }
            return .number(double)
        }
    }
}
