package import WarrenSupport

extension JSONObjectWriter {
    /// The finished object as a payload.
    package var payload: Payload { Payload(bytes: bytes) }

    /// Adds a payload as it is; an absent one is `null`.
    package mutating func add(_ key: String, _ payload: Payload?) {
        add(key, raw: (payload ?? .null).bytes)
    }

    /// Adds a payload as it is, if there is one.
    package mutating func add(_ key: String, ifPresent payload: Payload?) {
        if let payload { add(key, raw: payload.bytes) }
    }

    /// Adds a text, if there is one.
    package mutating func add(_ key: String, ifPresent text: String?) {
        if let text { add(key, text) }
    }

    package mutating func add(_ key: String, _ payloads: [Payload]) {
        add(
            key,
            raw: [UInt8(ascii: "[")] + payloads.map(\.bytes).joined(separator: [UInt8(ascii: ",")])
                + [UInt8(ascii: "]")])
    }
}

extension Payload {
    /// The JSON string of a text.
    package init(jsonStringOf text: String) {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        self.init(bytes: bytes)
    }
}
