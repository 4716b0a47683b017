import WarrenSupport

extension HostConfiguration {
    /// The broker that carries the messages of the hub.
    public struct Broker: Sendable {
        /// The broker, as `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for TLS; the nodes of a
        /// cluster are separated by commas, `amqp://user:password@one:5672,two:5672/vhost`. `nil`, the default, keeps all
        /// messages inside this process: no external publishers, and messages in flight are sent again from the store
        /// after a restart.
        public var url: String?
        /// The user who logs in, instead of the one in `url`; plain text, not percent-encoded. `nil` by default.
        public var username: String?
        /// The password of that user, instead of the one in `url`; plain text, not percent-encoded. `nil` by default. With
        /// it, `url` can be shown to anyone.
        public var password: String?

        /// Makes the settings for one broker.
        public init(url: String? = nil, username: String? = nil, password: String? = nil) {
            self.url = url
            self.username = username
            self.password = password
        }

        /// The address for a connection: `url` with `username` and `password` in it; `nil` without `url`. It holds the
        /// password, so it does not belong in a log.
        public var address: String? {
            guard let url, username != nil || password != nil else { return url }
            // Without a scheme it is no broker's address, and the connection refuses it.
            guard let scheme = ["amqps://", "amqp://"].first(where: { url.starts(with: $0) }) else { return url }
            let rest = url.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            var nodes = rest[..<end]
            var login = "guest"
            if let at = nodes.lastIndex(of: "@") {
                login = String(nodes[..<at])
                nodes = nodes[nodes.index(after: at)...]
            }
            let parts = login.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = username.map { PercentEncoding.encoded($0) } ?? parts.first.map { String($0) } ?? ""
            let secret = password.map { PercentEncoding.encoded($0) } ?? parts.dropFirst().first.map { String($0) }
            return "\(scheme)\(name)\(secret.map { ":\($0)" } ?? "")@\(nodes)\(rest[end...])"
        }
    }
}
