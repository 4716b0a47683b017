/// The address of the broker and the settings of connections to it.
package struct AMQPConfiguration: Sendable, Hashable {
    /// Host name or address.
    package var host: String
    /// TCP port; 5672 by default, 5671 with TLS.
    package var port: Int
    /// The other nodes of the broker's cluster, in the order in which a session tries them when the first is out of reach.
    package var others: [AMQPNode] = []
    /// Login name.
    package var user: String
    /// Its password; never printed.
    package var password: Secret
    /// Virtual host, `/` by default.
    package var virtualHost: String
    /// The TLS settings; `nil` for a plain connection.
    package var tls: TLSOptions?
    /// The interval at which both sides send heartbeats; a peer that is silent for twice as long is given up. Whole
    /// seconds; `.zero` turns heartbeats off.
    package var heartbeat: Duration = .seconds(10)
    /// The name of this connection on the management pages.
    package var connectionName: String?
    /// The time limit for TCP, TLS and login each.
    package var connectTimeout: Duration = .seconds(10)
    /// The time limit for an answer to a declare, bind, consume, ….
    package var requestTimeout: Duration = .seconds(30)
    /// The time limit for the confirm of a publish. The time during which the broker blocks the connection does not
    /// count.
    package var confirmTimeout: Duration = .seconds(10)
    /// Largest frame in bytes; the broker may lower it.
    package var frameMax: Int = 131_072
    /// The number of bytes not yet written to the socket from which on asynchronous publishers are suspended.
    package var pendingBytesLimit: Int = 64 << 20
    /// Received bodies larger than this are a protocol violation. RabbitMQ accepts at most 128 MiB.
    package var bodyLimit: Int = 128 << 20
    /// Bodies larger than this are not sent to the broker: they end as ``PublishOutcome/tooLarge(bytes:limit:)``.
    /// RabbitMQ 4 closes the channel over a body of more than 16 MiB, and with it all other messages in flight.
    package var messageLimit: Int = 8 << 20

    package init(
        host: String = "127.0.0.1", port: Int? = nil, user: String = "guest", password: Secret = "guest",
        virtualHost: String = "/", tls: TLSOptions? = nil
    ) {
        self.host = host
        self.port = port ?? (tls == nil ? 5672 : 5671)
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        self.tls = tls
    }

    /// The URL without the password.
    package var redactedURL: String {
        let path = virtualHost == "/" ? "/" : "/\(virtualHost)"
        let nodes = nodes.map(\.description).joined(separator: ",")
        return "\(tls == nil ? "amqp" : "amqps")://\(user):***@\(nodes)\(path)"
    }

    /// All nodes, the first one included.
    package var nodes: [AMQPNode] { [AMQPNode(host: host, port: port)] + others }

    /// All nodes in the order in which they are tried after one of them was lost: that one comes last.
    func nodes(after lost: AMQPNode?) -> [AMQPNode] {
        guard let lost, let place = nodes.firstIndex(of: lost) else { return nodes }
        return Array(nodes.dropFirst(place + 1) + nodes.prefix(place + 1))
    }

    /// The same settings for one node alone.
    package func at(_ node: AMQPNode) -> AMQPConfiguration {
        var single = self
        (single.host, single.port, single.others) = (node.host, node.port, [])
        return single
    }
}

extension AMQPConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { redactedURL }
    package var debugDescription: String { redactedURL }
}
