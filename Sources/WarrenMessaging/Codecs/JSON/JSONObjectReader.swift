import Warren

/// Reads the members of one JSON object, each as the bytes in which it is written.
///
/// Nested values are parsed only on request. A key that occurs twice has its last value.
struct JSONObjectReader {
    private let bytes: [UInt8]
    private let members: [String: Range<Int>]

    /// `nil` if the bytes are valid JSON but no object.
    init?(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONProblem) {
        let members = try JSONScanner.scan(bytes, maximumDepth: maximumDepth) {
            (scanner) throws(JSONProblem) -> [String: Range<Int>]? in
            guard scanner.next == UInt8(ascii: "{") else {
                try scanner.skipValue(depth: 0)
                return nil
            }
            var members: [String: Range<Int>] = [:]
            try scanner.object(0) { (scanner, key) throws(JSONProblem) in
                let start = scanner.position
                try scanner.skipValue(depth: 1)
                members[scanner.text(key)] = start..<scanner.position
            }
            return members
        }
        guard let members else { return nil }
        self.bytes = bytes
        self.members = members
    }

    /// The names of the members, sorted.
    var keys: [String] { members.keys.sorted() }

    /// The JSON text of a member; `nil` if it is absent or `null`.
    func raw(_ key: String) -> [UInt8]? {
        guard let range = members[key], bytes[range] != nullText[...] else { return nil }
        return Array(bytes[range])
    }

    /// The text of a string member; `nil` if it is absent or no string.
    func string(_ key: String) -> String? {
        guard let range = members[key], bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return JSONObjectReader.string(bytes[range])
    }

    func bool(_ key: String) -> Bool? {
        switch raw(key) {
        case Array("true".utf8)?: true
        case Array("false".utf8)?: false
        default: nil
        }
    }

    func integer(_ key: String) -> Int64? {
        raw(key).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// The elements of an array member as JSON text; empty if it is absent or no array.
    func array(_ key: String) -> [[UInt8]] {
        guard let range = members[key] else { return [] }
        return JSONObjectReader.elements(of: Array(bytes[range])) ?? []
    }

    /// The elements of a checked JSON text; `nil` if it is no array.
    static func elements(of text: [UInt8]) -> [[UInt8]]? {
        guard text.trimmedJSON.first == UInt8(ascii: "[") else { return nil }
        do {
            return try JSONScanner.scan(text, maximumDepth: .max) { (scanner) throws(JSONProblem) in
                var elements: [[UInt8]] = []
                try scanner.array(0) { (scanner) throws(JSONProblem) in
                    let start = scanner.position
                    try scanner.skipValue(depth: 1)
                    elements.append(Array(text[start..<scanner.position]))
                }
                return elements
            }
        } catch {
            return nil  // Cannot happen: the whole text was checked before.
        }
    }

    /// The text of a checked JSON value: the content of a string, and the JSON of any other value.
    static func plainText(_ bytes: [UInt8]) -> String {
        let value = bytes.trimmedJSON
        return value.first == UInt8(ascii: "\"") ? string(value) : String(decoding: value, as: UTF8.self)
    }

    /// The text of a checked JSON string, quotes included.
    static func string(_ quoted: ArraySlice<UInt8>) -> String {
        do {
            return try JSONScanner.scan(Array(quoted), maximumDepth: 0) { (scanner) throws(JSONProblem) in
                scanner.text(try scanner.string())
            }
        } catch {
            return String(decoding: quoted, as: UTF8.self)  // Cannot happen: the text was checked before.
        }
    }
}

private let nullText = Array("null".utf8)
