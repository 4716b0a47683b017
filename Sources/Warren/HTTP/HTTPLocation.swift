/// An absolute `http` or `https` URL, parsed strictly, so that everyone who reads it sees the same host.
///
/// Programs differ in how they read a URL with user names, backslashes or spaces; a check of one reading is no check of
/// another. Such URLs are refused here, and the others are written anew from their parts.
package struct HTTPLocation: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// The host's name in lower case, or an address; an IPv6 address with its brackets.
    package let host: String
    /// The port, that of the scheme if the URL has none.
    package let port: Int
    /// The path, never empty.
    package let path: String
    /// The query without its question mark; `nil` if there is none.
    package let query: String?

    /// What two URLs have in common if requests to both may carry the same secrets.
    package var origin: String { "\(scheme)://\(host):\(port)" }

    /// The URL, without a fragment, and without a port that is that of the scheme.
    package var description: String {
        let place = port == Self.port(of: scheme) ? host : "\(host):\(port)"
        return "\(scheme)://\(place)\(path)" + (query.map { "?" + $0 } ?? "")
    }

    /// Parses an absolute URL.
    ///
    /// - Throws: `HTTPLocationProblem` with a text for people.
    package init(_ url: String) throws(HTTPLocationProblem) {
        guard let colon = url.firstIndex(of: ":") else { throw .init("it does not begin with http:// or https://") }
        let scheme = url[..<colon].lowercased()
        guard let standard = Self.port(of: scheme), url[colon...].hasPrefix("://") else {
            throw .init("it does not begin with http:// or https://")
        }
        try Self.check(url)
        let rest = url[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        (host, port) = try Self.place(rest[..<end], standard)
        self.scheme = scheme
        (path, query) = Self.target(rest[end...])
    }

    private init(_ base: HTTPLocation, path: String, query: String?) {
        (scheme, host, port) = (base.scheme, base.host, base.port)
        (self.path, self.query) = (path, query)
    }

    /// Resolves a reference, as of a header `Location`, against this URL (RFC 3986, 5.2).
    package func resolved(_ reference: String) throws(HTTPLocationProblem) -> HTTPLocation {
        let head = reference.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if head.contains(":") { return try HTTPLocation(reference) }
        if reference.hasPrefix("//") { return try HTTPLocation("\(scheme):\(reference)") }
        try Self.check(reference)
        let (relative, query) = Self.parts(reference[...])
        if relative.isEmpty { return HTTPLocation(self, path: path, query: query ?? self.query) }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let merged = relative.hasPrefix("/") ? String(relative) : String(folder + relative)
        return HTTPLocation(self, path: Self.withoutDots(merged), query: query)
    }

    private static func port(of scheme: String) -> Int? {
        switch scheme {
        case "http": 80
        case "https": 443
        default: nil
        }
    }

    private static func check(_ text: String) throws(HTTPLocationProblem) {
        guard text.utf8.count <= 8192 else { throw .init("it has \(text.utf8.count) bytes; 8192 are allowed") }
        let isClean = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                false
            default: byte > 0x20 && byte < 0x7F
            }
        }
        guard isClean else {
            throw .init(
                "it has a space, a control character, a character beyond ASCII or one of \\ \" < > ^ ` { | }; "
                    + "percent-encode them, and write names of hosts in Punycode")
        }
    }

    private static func place(
        _ text: Substring, _ standard: Int
    ) throws(HTTPLocationProblem) -> (host: String, port: Int) {
        guard !text.contains("@") else {
            throw .init("it has a user name; use a header or a credential of the host's configuration")
        }
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .init("its IPv6 address has no ']'") }
            host = text[...end]
            rest = text[text.index(after: end)...]
            // Zones of addresses are left out: they name interfaces of one machine.
            let isAddress = host.dropFirst().dropLast().utf8.allSatisfy {
                hexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
            }
            guard isAddress, host.utf8.count > 2 else { throw .init("'\(host)' is no IPv6 address") }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            let isName = host.utf8.allSatisfy {
                ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            }
            guard isName, !host.isEmpty, host.utf8.count <= 253 else { throw .init("'\(host)' is no name of a host") }
        }
        if rest.isEmpty || rest == ":" { return (host.lowercased(), standard) }
        let digits = rest.dropFirst()
        let isNumber = rest.hasPrefix(":") && digits.utf8.count <= 5 && digits.utf8.allSatisfy { $0 &- 0x30 < 10 }
        guard isNumber, let port = Int(digits), (1...65_535).contains(port) else {
            throw .init("'\(rest)' is no port; ports are 1 to 65535")
        }
        return (host.lowercased(), port)
    }

    private static func hexadecimal(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

    private static func target(_ text: Substring) -> (path: String, query: String?) {
        let (path, query) = parts(text)
        return (path.isEmpty ? "/" : withoutDots(String(path)), query)
    }

    /// Splits a path from its query, and drops a fragment.
    private static func parts(_ text: Substring) -> (path: Substring, query: String?) {
        let whole = text.prefix { $0 != "#" }
        guard let mark = whole.firstIndex(of: "?") else { return (whole, nil) }
        return (whole[..<mark], String(whole[mark...].dropFirst()))
    }

    /// Removes the steps `.` and `..` of a path that begins with `/` (RFC 3986, 5.2.4).
    private static func withoutDots(_ path: String) -> String {
        var steps: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in zip(parts.indices, parts) {
            let isLast = index == parts.indices.last
            switch part {
            case ".": if isLast { steps.append("") }
            case "..":
                _ = steps.popLast()
                if isLast { steps.append("") }
            default: steps.append(part)
            }
        }
        return "/" + steps.joined(separator: "/")
    }
}

/// The reason why a text is no URL that may be called.
package struct HTTPLocationProblem: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
