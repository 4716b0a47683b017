import WarrenSupport

/// Writes one JSON object with members sorted by key. Payloads are written as they are: numbers keep their digits.
package struct SortedJSONObject {
    private var members: [(key: String, value: Payload)] = []

    package init() {}

    /// Adds a payload. One that is not JSON, which only damage can cause, is written as a string.
    package mutating func add(_ key: String, _ payload: Payload) {
        members.append((key, payload.embedded))
    }

    package mutating func add(_ key: String, _ text: String) {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        members.append((key, Payload(bytes: bytes)))
    }

    package mutating func add(_ key: String, _ number: Int) {
        members.append((key, Payload(json: "\(number)")))
    }

    package mutating func add(_ key: String, _ flag: Bool) {
        members.append((key, Payload(json: "\(flag)")))
    }

    package mutating func add(_ key: String, _ object: SortedJSONObject) {
        members.append((key, object.payload))
    }

    package mutating func add(_ key: String, _ objects: [SortedJSONObject]) {
        let elements = objects.map(\.payload.bytes).joined(separator: [UInt8(ascii: ",")])
        members.append((key, Payload(bytes: [UInt8(ascii: "[")] + elements + [UInt8(ascii: "]")])))
    }

    /// The finished object.
    package var payload: Payload {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(member.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += member.value.bytes
        }
        bytes.append(UInt8(ascii: "}"))
        return Payload(bytes: bytes)
    }
}
