import Warren

/// Builds the text of one JSON object, keys in the order they are added. Payloads go in as they are: decoding and
/// encoding them anew would change numbers.
struct JSONObject {
    private var members: [String] = []

    /// The object on one line.
    var text: String { "{" + members.joined(separator: ",") + "}" }

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
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
