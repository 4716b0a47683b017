/// The members of one JSON object, each as the bytes it was written in.
///
/// Values inside are looked at only when asked for. A key that occurs twice has its last value.
struct JSONObject {
    private let bytes: [UInt8]
    private var members: [String: Range<Int>] = [:]

    /// `nil` if the bytes are valid JSON but no object.
    init?(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONCheck.Problem) {
        try JSONCheck.check(bytes, maximumDepth: maximumDepth)
        self.bytes = bytes
        var found: [(key: Range<Int>, value: Range<Int>)]?
        bytes.withUnsafeBufferPointer { buffer in
            var check = JSONCheck(bytes: buffer, maximumDepth: maximumDepth, position: 0)
            check.skipSpace()
            guard check.position < buffer.count, buffer[check.position] == UInt8(ascii: "{") else { return }
            var members: [(Range<Int>, Range<Int>)] = []
            do {
                try check.members(depth: 1) { check, key, depth throws(JSONCheck.Problem) in
                    let start = check.position
                    try check.value(depth: depth)
                    members.append((key, start..<check.position))
                }
                found = members
            } catch {
                // Checked above: it cannot fail.
                found = nil
            }
        }
        guard let found else { return nil }
        for (key, value) in found { members[JSONObject.string(bytes[key])] = value }
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
        return JSONObject.string(bytes[range])
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
        guard let range = members[key], bytes[range.lowerBound] == UInt8(ascii: "[") else { return [] }
        return bytes.withUnsafeBufferPointer { buffer in
            var check = JSONCheck(bytes: buffer, maximumDepth: .max, position: range.lowerBound + 1)
            var elements: [[UInt8]] = []
            while true {
                check.skipSpace()
                guard check.position < range.upperBound - 1 else { return elements }
                let start = check.position
                do throws(JSONCheck.Problem) {
                    try check.value(depth: 0)
                } catch {
                    return elements  // Cannot be: the whole text was checked before.
                }
                elements.append(Array(buffer[start..<check.position]))
                check.skipSpace()
                check.position += 1
            }
        }
    }

    /// The text of a checked JSON value: of a string what it says, of anything else its JSON.
    static func plainText(_ bytes: [UInt8]) -> String {
        let value = bytes.trimmedJSON
        return value.first == UInt8(ascii: "\"") ? string(value) : String(decoding: value, as: UTF8.self)
    }

    /// The text of a checked JSON string, quotes included.
    static func string(_ quoted: ArraySlice<UInt8>) -> String {
        let content = quoted.dropFirst().dropLast()
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        var units: [UInt16] = []
        var plain: [UInt8] = []
        func flush() {
            units.append(contentsOf: String(decoding: plain, as: UTF8.self).utf16)
            plain = []
        }
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < content.endIndex else {
                plain.append(byte)
                continue
            }
            let escaped = content[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "u"):
                flush()
                let digits = content[index..<min(index + 4, content.endIndex)]
                units.append(
                    digits.reduce(0) { $0 << 4 | UInt16(UTF8Check.hexadecimalDigit($1) ?? 0) })
                index += digits.count
            default: plain.append(escaped)
            }
        }
        flush()
        return String(decoding: units, as: UTF16.self)
    }
}

private let nullText = Array("null".utf8)
