public import CoreMetrics
public import Logging

/// Warren's own transports of messages, for transports that wrap one of them: see ``ForwardingTransport``.
public enum MessageTransports {
    /// Makes a transport between the roles of one process, without a broker.
    ///
    /// - Parameter messageLimit: the largest body that is taken, in bytes.
    public static func inProcess(messageLimit: Int = 8 << 20) -> any MessageTransport {
        InProcessTransport(messageLimit: messageLimit)
    }

    /// Connects to a broker.
    ///
    /// - Parameters:
    ///   - url: `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for TLS; the nodes of a cluster are
    ///     separated by commas.
    ///   - metrics: makes the metrics of the connections; `nil` for `MetricsSystem.factory`.
    ///   - logger: for events of the connections.
    /// - Throws: an error that names the problem and does not contain the password.
    public static func broker(
        _ url: String, metrics: (any MetricsFactory)? = nil, logger: Logger = Logger(label: "warren.transport")
    ) async throws -> any MessageTransport {
        try await BrokerAddress(url).connect(metrics: metrics ?? MetricsSystem.factory, logger: logger)
    }
}
