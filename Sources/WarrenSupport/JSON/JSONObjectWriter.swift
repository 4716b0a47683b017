/// Writes one JSON object on one line, members in the order of the calls.
///
/// Values that are JSON already are written as they are: decoding and encoding them anew would change numbers.
package struct JSONObjectWriter: Sendable {
    /// The unfinished object, for one that is written piece by piece: without its closing brace.
    package private(set) var openBytes: [UInt8] = [UInt8(ascii: "{")]

    package init() {}

    /// The finished object.
    package var bytes: [UInt8] { openBytes + [UInt8(ascii: "}")] }

    /// The finished object.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func add(_ key: String, _ text: String) {
        begin(key)
        JSONText.append(text, to: &openBytes)
    }

    package mutating func add(_ key: String, _ number: Int) {
        begin(key)
        JSONText.append(number, to: &openBytes)
    }

    package mutating func add(_ key: String, _ flag: Bool) {
        begin(key)
        openBytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    package mutating func add(_ key: String, _ texts: [String]) {
        begin(key)
        openBytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { openBytes.append(UInt8(ascii: ",")) }
            JSONText.append(text, to: &openBytes)
        }
        openBytes.append(UInt8(ascii: "]"))
    }

    package mutating func add(_ key: String, _ objects: [JSONObjectWriter]) {
        add(key, raw: JSONObjectWriter.array(objects))
    }

    /// Adds a value that is JSON already.
    package mutating func add(_ key: String, raw json: [UInt8]) {
        begin(key)
        openBytes.append(contentsOf: json)
    }

    /// Adds a value that is JSON already.
    package mutating func add(_ key: String, raw json: String) {
        begin(key)
        openBytes.append(contentsOf: json.utf8)
    }

    /// An array of objects.
    package static func array(_ objects: [JSONObjectWriter]) -> [UInt8] {
        [UInt8(ascii: "[")] + list(objects) + [UInt8(ascii: "]")]
    }

    /// The elements of an array without the brackets.
    package static func list(_ objects: [JSONObjectWriter]) -> [UInt8] {
        Array(objects.map(\.bytes).joined(separator: [UInt8(ascii: ",")]))
    }

    private mutating func begin(_ key: String) {
        if openBytes.count > 1 { openBytes.append(UInt8(ascii: ",")) }
        JSONText.append(key, to: &openBytes)
        openBytes.append(UInt8(ascii: ":"))
    }
}
