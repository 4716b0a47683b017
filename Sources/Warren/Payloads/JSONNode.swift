/// A parsed JSON text, each value with the bytes in which it is written: numbers keep their digits, texts their
/// escapes.
package struct JSONNode: Sendable {
    private enum Content: Sendable {
        case object([ExactText: JSONNode])
        case array([JSONNode])
        case scalar
    }

    private let content: Content
    private let source: ArraySlice<UInt8>

    /// Parses a whole text.
    ///
    /// - Parameter opaque: members of the outermost object that are checked, and not taken apart: each has its bytes alone.
    ///   A large array of numbers would need some forty times its bytes for the nodes of its elements.
    package init(
        _ payload: Payload, maximumDepth: Int = 512, opaque: Set<String> = []
    ) throws(JSONProblem) {
        let bytes = payload.bytes
        self = try JSONScanner.scan(bytes, maximumDepth: maximumDepth) { (scanner) throws(JSONProblem) in
            try scanner.node(depth: 0, of: bytes, opaque)
        }
    }

    fileprivate init(object members: [ExactText: JSONNode], _ source: ArraySlice<UInt8>) {
        (content, self.source) = (.object(members), source)
    }

    fileprivate init(array elements: [JSONNode], _ source: ArraySlice<UInt8>) {
        (content, self.source) = (.array(elements), source)
    }

    fileprivate init(scalar source: ArraySlice<UInt8>) {
        (content, self.source) = (.scalar, source)
    }

    /// The value as it was written.
    package var payload: Payload { Payload(bytes: Array(source)) }

    package var isNull: Bool { source.first == UInt8(ascii: "n") }

    /// The text, if this is a string.
    package var string: String? {
        guard source.first == UInt8(ascii: "\"") else { return nil }
        let scanned = Result { () throws(JSONProblem) in
            try JSONScanner.scan(Array(source), maximumDepth: 0) { (scanner) throws(JSONProblem) in
                scanner.text(try scanner.string())
            }
        }
        return try? scanned.get()
    }

    /// The whole number, if this is one that fits.
    package var integer: Int64? { Int64(String(decoding: source, as: UTF8.self)) }

    /// The truth value, if this is one.
    package var bool: Bool? {
        switch source.first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The elements, if this is an array.
    package var elements: [JSONNode]? { if case .array(let elements) = content { elements } else { nil } }

    /// The members in the order of their keys, if this is an object. Of equal keys the last counts.
    package var members: [(key: String, value: JSONNode)]? {
        guard case .object(let members) = content else { return nil }
        return members.map { ($0.key.text, $0.value) }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// The value of a key, if this is an object that has it.
    package subscript(key: String) -> JSONNode? {
        if case .object(let members) = content { members[ExactText(key)] } else { nil }
    }

    /// The element at an index, if this is an array that has it.
    package subscript(index: Int) -> JSONNode? {
        if case .array(let elements) = content, elements.indices.contains(index) { elements[index] } else { nil }
    }
}

extension JSONScanner {
    fileprivate mutating func node(
        depth: Int, of bytes: [UInt8], _ opaque: Set<String> = []
    ) throws(JSONProblem) -> JSONNode {
        let start = position
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            var members: [ExactText: JSONNode] = [:]
            try object(depth) { (scanner, key) throws(JSONProblem) in
                let name = scanner.text(key)
                guard !opaque.isEmpty, opaque.contains(name) else {
                    members[ExactText(name)] = try scanner.node(depth: depth + 1, of: bytes)
                    return
                }
                let start = scanner.position
                try scanner.skipValue(depth: depth + 1)
                members[ExactText(name)] = JSONNode(scalar: bytes[start..<scanner.position])
            }
            return JSONNode(object: members, bytes[start..<position])
        case UInt8(ascii: "["):
            var elements: [JSONNode] = []
            try array(depth) { (scanner) throws(JSONProblem) in
                elements.append(try scanner.node(depth: depth + 1, of: bytes))
            }
            return JSONNode(array: elements, bytes[start..<position])
        default:
            try skipValue(depth: depth)
            return JSONNode(scalar: bytes[start..<position])
        }
    }
}
