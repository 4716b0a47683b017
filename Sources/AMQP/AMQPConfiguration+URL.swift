import WarrenSupport

extension AMQPConfiguration {
    /// Reads `amqp://user:password@host:port/vhost?option=value` (or `amqps`). Nodes of a cluster are separated by commas:
    /// `amqp://user:password@one,two:5673,three/vhost`.
    ///
    /// User, password, host and virtual host are percent-decoded; `%2f` is a slash. No path and the path `/` both mean
    /// the virtual host `/`. Options are those of the RabbitMQ page "URI Query Parameters" that make sense here, plus
    /// `connection_name`:
    ///
    /// | Option | Value | Default |
    /// |---|---|---|
    /// | `heartbeat` | seconds | 10 |
    /// | `connection_timeout` | milliseconds | 10000 |
    /// | `connection_name` | text | none |
    /// | `cacertfile`, `certfile`, `keyfile` | path of a PEM file | system's authorities, none, none |
    /// | `verify` | `verify_peer`, `verify_none` | `verify_peer` |
    ///
    /// - Throws: ``AMQPError`` with code `invalidConfiguration`; its message never contains the password.
    package init(url: String) throws(AMQPError) {
        var rest = Substring(url)
        if rest.starts(with: "amqps://") {
            rest = rest.dropFirst("amqps://".count)
            self.init(tls: TLSOptions())
        } else if rest.starts(with: "amqp://") {
            rest = rest.dropFirst("amqp://".count)
            self.init()
        } else {
            throw AMQPError(.invalidConfiguration, "a broker URL starts with amqp:// or amqps://")
        }

        let query = Self.cut(&rest, at: "?")
        let path = Self.cut(&rest, at: "/")
        // A password that is cut short looks like a port and a virtual host, which messages show.
        guard path?.contains("@") != true, query?.contains("@") != true else {
            throw AMQPError(
                .invalidConfiguration,
                "an '@' stands behind the first '/' or '?'; write '/' as %2F, '?' as %3F and '@' as %40 in a user name, a "
                    + "password, a virtual host or an option")
        }
        if let at = rest.lastIndex(of: "@") {
            var credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
            let password = Self.cut(&credentials, at: ":")
            user = try Self.decoded(credentials, of: "user name")
            if let password { self.password = Secret(try Self.decoded(password, of: "password")) }
        }
        try readNodes(rest)
        if let path, !path.isEmpty { virtualHost = try Self.decoded(path, of: "virtual host") }
        for option in (query ?? "").split(separator: "&") {
            var name = option
            let value = Self.cut(&name, at: "=") ?? ""
            try apply(option: String(name), try Self.decoded(value, of: "option \(name)"))
        }
        if let tls, (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw AMQPError(.invalidConfiguration, "certfile and keyfile need each other")
        }
    }

    private mutating func readNodes(_ text: Substring) throws(AMQPError) {
        let standard = AMQPNode(host: host, port: port)
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var nodes: [AMQPNode] = []
        for part in parts {
            guard parts.count == 1 || !part.isEmpty else {
                throw AMQPError(.invalidConfiguration, "between two commas, or beside one, a host is missing")
            }
            nodes.append(try Self.node(part, or: standard))
        }
        if let first = nodes.first { (host, port) = (first.host, first.port) }
        others = Array(nodes.dropFirst())
    }

    /// Reads one host, and its port if there is one.
    private static func node(_ text: Substring, or standard: AMQPNode) throws(AMQPError) -> AMQPNode {
        var node = standard
        var name = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw AMQPError(.invalidConfiguration, "an IPv6 address ends with ]")
            }
            name = text[text.index(after: text.startIndex)..<end]
            var tail = text[text.index(after: end)...]
            port = cut(&tail, at: ":")
        } else {
            port = cut(&name, at: ":")
        }
        if !name.isEmpty { node.host = try decoded(name, of: "host") }
        if let port, !port.isEmpty {
            guard let number = UInt16(port, radix: 10), number > 0 else {
                throw AMQPError(.invalidConfiguration, "the port is not a number from 1 to 65535")
            }
            node.port = Int(number)
        }
        return node
    }

    private mutating func apply(option: String, _ value: String) throws(AMQPError) {
        switch option {
        case "heartbeat": heartbeat = .seconds(try Self.number(value, of: option))
        case "connection_timeout": connectTimeout = .milliseconds(try Self.number(value, of: option))
        case "connection_name": connectionName = value
        case "cacertfile": tls?.authorityFile = value
        case "certfile": tls?.certificateFile = value
        case "keyfile": tls?.keyFile = value
        case "verify" where value == "verify_peer": tls?.unsafeSkipsPeerVerification = false
        case "verify" where value == "verify_none": tls?.unsafeSkipsPeerVerification = true
        case "verify":
            throw AMQPError(.invalidConfiguration, "verify is verify_peer or verify_none, not \(value)")
        default:
            throw AMQPError(
                .invalidConfiguration,
                "the option \(option) is unknown; known are heartbeat, connection_timeout, connection_name, cacertfile, "
                    + "certfile, keyfile, verify")
        }
        if tls == nil, ["cacertfile", "certfile", "keyfile", "verify"].contains(option) {
            throw AMQPError(.invalidConfiguration, "the option \(option) needs amqps://")
        }
    }

    /// Removes the text from the first `separator` on, and returns the text after it.
    private static func cut(_ text: inout Substring, at separator: Character) -> Substring? {
        guard let place = text.firstIndex(of: separator) else { return nil }
        let tail = text[text.index(after: place)...]
        text = text[..<place]
        return tail
    }

    private static func number(_ text: String, of option: String) throws(AMQPError) -> Int {
        guard let number = Int(text), (0...86_400_000).contains(number) else {
            throw AMQPError(.invalidConfiguration, "\(option) is a whole number from 0 to 86400000")
        }
        return number
    }

    private static func decoded(_ text: Substring, of part: String) throws(AMQPError) -> String {
        guard let bytes = PercentEncoding.decodedBytes(text) else {
            throw AMQPError(.invalidConfiguration, "a % in the \(part) is not followed by two hexadecimal digits")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw AMQPError(.invalidConfiguration, "the \(part) is not UTF-8 text")
        }
        return decoded
    }
}
