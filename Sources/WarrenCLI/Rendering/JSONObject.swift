import Warren

/// Builds the text of one JSON object, keys in the order they are added. Payloads go in as they are: decoding and
/// encoding them anew would change numbers.
struct JSONObject {
    private var members: [String] = []

    /// The object on one line.
    var text: String { "{" + members.joined(separator: ",") + "}" }

    /// The object as far as it goes, for one that is written piece by piece: without its closing brace.
    var openText: String { "{" + members.joined(separator: ",") }

    mutating func add(_ key: String, _ value: String) {
        add(key, raw: JSONObject.quoted(value))
    }

    mutating func add(_ key: String, _ value: Int) {
        add(key, raw: String(value))
    }

    mutating func add(_ key: String, _ value: Bool) {
        add(key, raw: String(value))
    }

    mutating func add(_ key: String, _ values: [String]) {
        add(key, raw: "[" + values.map(JSONObject.quoted).joined(separator: ",") + "]")
    }

    /// Adds a value that is JSON already; an absent one is `null`.
    mutating func add(_ key: String, _ payload: Payload?) {
        add(key, raw: payload?.json ?? "null")
    }

    mutating func add(_ key: String, raw json: String) {
        members.append(JSONObject.quoted(key) + ":" + json)
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
