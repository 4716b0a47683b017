/// The headers of a request or an answer. Names compare without regard to case; a name may have several values.
///
/// As JSON it is an object: `{"content-type": "text/plain", "set-cookie": ["a=1", "b=2"]}`.
public struct DurableHTTPHeaders: Sendable, Hashable {
    private var values: [String: [String]] = [:]

    /// No headers.
    public init() {}

    /// The first value of a header; setting it replaces all values, and `nil` removes them.
    public subscript(name: String) -> String? {
        get { values[name.lowercased()]?.first }
        set { values[name.lowercased()] = newValue.map { [$0] } }
    }

    /// All values of a header, in their order.
    public func all(_ name: String) -> [String] { values[name.lowercased()] ?? [] }

    /// Adds a value to a header.
    public mutating func add(_ name: String, _ value: String) {
        values[name.lowercased(), default: []].append(value)
    }

    /// The names, in lower case and in order.
    public var names: [String] { values.keys.sorted() }

    /// Names and values, ordered by name.
    package var fields: [(name: String, value: String)] {
        names.flatMap { name in all(name).map { (name, $0) } }
    }

    /// The headers that carry a caller's identity, which never go to another origin than the one they were written for.
    package static let secrets = [
        "authorization", "cookie", "proxy-authorization", "x-api-key", "api-key", "x-functions-key", "x-auth-token",
        "x-amz-security-token", "ocp-apim-subscription-key",
    ]

    package mutating func remove(_ names: [String]) {
        for name in names { values[name] = nil }
    }
}

extension DurableHTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Headers from names and values; a name that is given twice has two values.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}

extension DurableHTTPHeaders: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads an object of texts, or of arrays of texts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        // Sorted, so that names which differ in case only have their values in the same order everywhere.
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            if let value = try? container.decode(String.self, forKey: key) {
                add(key.stringValue, value)
            } else {
                for value in try container.decode([String].self, forKey: key) { add(key.stringValue, value) }
            }
        }
    }

    /// Writes an object; a header with one value is a text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for name in names {
            let values = all(name)
            if values.count == 1, let value = values.first {
                try container.encode(value, forKey: Name(stringValue: name))
            } else {
                try container.encode(values, forKey: Name(stringValue: name))
            }
        }
    }
}
