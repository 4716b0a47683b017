import AMQP
package import CoreMetrics
package import Logging

/// The address of a broker, parsed from what a user types.
package struct BrokerAddress: Sendable, CustomStringConvertible {
    private let configuration: AMQPConfiguration

    /// - Parameter url: `amqp://user:password@host:port/vhost`, or `amqps`.
    /// - Throws: an error that names the problem and does not contain the password.
    package init(_ url: String) throws {
        configuration = try AMQPConfiguration(url: url)
    }

    /// The address without the password.
    package var description: String { configuration.redactedURL }

    /// The login name.
    package var user: String { configuration.user }

    package var virtualHost: String { configuration.virtualHost }

    /// Whether all nodes are on this machine.
    package var isLoopback: Bool {
        configuration.nodes.allSatisfy {
            $0.host == "localhost" || $0.host == "::1" || $0.host == "[::1]" || $0.host.hasPrefix("127.")
        }
    }

    /// Connects to the broker as a client.
    package func connect(metrics: any MetricsFactory, logger: Logger) async throws -> any MessageTransport {
        try await AMQPTransport.connect(configuration, owner: "client", metrics: metrics, logger: logger)
    }
}
