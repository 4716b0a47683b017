/// The address of one node of a broker.
package struct AMQPNode: Sendable, Hashable, CustomStringConvertible {
    /// Host name or address.
    package var host: String
    /// TCP port.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
