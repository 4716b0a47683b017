/// The rules for methods and headers of requests.
enum HTTPFieldRules {
    /// Headers that the client writes itself, or that are between two neighbours only.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te", "trailer",
        "proxy-connection", "proxy-authorization", "proxy-authenticate",
    ]

    /// The fault of a header; `nil` if it has none. The text has the name and never the value.
    static func problem(name: String, value: String) -> String? {
        guard isToken(name) else { return "a header has a name that is no token of HTTP" }
        guard !reserved.contains(name.lowercased()) else {
            return "the header '\(name)' is written by the client itself"
        }
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        return isClean ? nil : "the value of the header '\(name)' has a control character"
    }

    /// The fault of a method; `nil` if it has none.
    static func problem(method: String) -> String? {
        guard isToken(method), method.utf8.count <= 32 else { return "'\(method.prefix(40))' is no method" }
        return ["CONNECT", "TRACE"].contains(method.uppercased()) ? "the method \(method) is refused" : nil
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
