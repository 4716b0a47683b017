/// Headers that prove who a caller is, and the places that may see them.
///
/// It is part of the configuration of a host. A request names it; its headers are added where the request is sent, to
/// requests to these origins only, after a redirect as before.
public struct HTTPCredential: Sendable {
    /// The headers, for example `["Authorization": "Bearer …"]`. They replace headers of the request.
    public var headers: [String: String]
    /// The origins that get them: `https://pay.example`, with a port if it is not that of the scheme.
    public var origins: [String]

    /// A credential for some origins.
    public init(headers: [String: String], origins: [String]) {
        self.headers = headers
        self.origins = origins
    }
}

/// Shows what it is for, and nothing that is secret.
extension HTTPCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the headers and the origins.
    public var description: String {
        "HTTPCredential(\(headers.keys.sorted().joined(separator: ", ")) for \(origins.joined(separator: ", ")))"
    }

    /// The same.
    public var debugDescription: String { description }

    /// No values.
    public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
