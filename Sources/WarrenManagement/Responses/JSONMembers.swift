import Warren

/// Writes one JSON object, members in the order of the calls. Payloads go in as they are: numbers keep their digits.
struct JSONMembers {
    private var members: [UInt8] = []

    /// The finished object.
    var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    mutating func add(_ key: String, _ text: String) {
        begin(key)
        JSONText.append(text, to: &members)
    }

    /// A value that is JSON already; an absent one is `null`.
    mutating func add(_ key: String, _ payload: Payload?) {
        begin(key)
        members += (payload ?? .null).bytes
    }

    mutating func add(_ key: String, _ number: Int) {
        begin(key)
        JSONText.append(number, to: &members)
    }

    mutating func add(_ key: String, _ objects: [JSONMembers]) {
        begin(key)
        members += JSONMembers.array(objects)
    }

    static func array(_ objects: [JSONMembers]) -> [UInt8] {
        [UInt8(ascii: "[")] + objects.map(\.bytes).joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private mutating func begin(_ key: String) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        JSONText.append(key, to: &members)
        members.append(UInt8(ascii: ":"))
    }
}
