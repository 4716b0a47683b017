import Warren

/// Writes one JSON object, members in the order of the calls.
struct JSONBuilder {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The finished object.
    var payload: Payload { Payload(bytes: bytes + [UInt8(ascii: "}")]) }

    mutating func add(_ key: String, _ text: String?) {
        guard let text else { return }
        begin(key)
        JSONText.append(text, to: &bytes)
    }

    mutating func add(_ key: String, _ number: Int) {
        begin(key)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ key: String, _ flag: Bool) {
        begin(key)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// A value that is JSON text already.
    mutating func add(_ key: String, _ value: Payload?) {
        guard let value else { return }
        begin(key)
        bytes.append(contentsOf: value.bytes)
    }

    mutating func add(_ key: String, _ values: [Payload]) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: value.bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The JSON string of a text.
    static func string(_ text: String) -> Payload {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return Payload(bytes: bytes)
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONText.append(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
