#if HTTP
import Warren

/// Writes one JSON object, members in the order of the calls. Payloads go in as they are: numbers keep their digits.
struct JSONMembers {
    private var members: [UInt8] = []

    /// The finished object.
    var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    /// The object as far as it goes, for one that is written piece by piece: without its closing brace.
    var openBytes: [UInt8] { [UInt8(ascii: "{")] + members }

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
        [UInt8(ascii: "[")] + list(objects) + [UInt8(ascii: "]")]
    }

    /// Elements of an array without the brackets.
    static func list(_ objects: [JSONMembers]) -> [UInt8] {
        Array(objects.map(\.bytes).joined(separator: [UInt8(ascii: ",")]))
    }

    private mutating func begin(_ key: String) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        JSONText.append(key, to: &members)
        members.append(UInt8(ascii: ":"))
    }
}
#endif
