public import Logging
public import Warren
package import WarrenMessaging

extension TaskHubClient {
    /// Connects to the broker of a task hub.
    ///
    /// The connection is mended when it is lost; what was sent or asked meanwhile is sent or asked again.
    ///
    /// - Parameters:
    ///   - url: where the broker is: `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for
    ///     TLS.
    ///   - hub: the task hub's name.
    ///   - timeout: how long calls wait for an answer unless they are told otherwise.
    ///   - codec: how values become JSON and back; the same as the hosts'.
    ///   - logger: for what concerns the connection.
    /// - Throws: ``ClientError``: ``ClientError/Code/unreachable`` when the broker does not answer, or refuses the login
    ///   or the right to a queue for replies, ``ClientError/Code/invalidArgument`` when the address makes no sense.
    public static func connect(
        broker url: String, hub: String = "warren", timeout: Duration = .seconds(30),
        codec: any PayloadCodec = JSONPayloadCodec(), logger: Logger = Logger(label: "warren.client")
    ) async throws -> TaskHubClient {
        let transport = try await connectTransport(broker: url, logger: logger)
        do {
            return try await TaskHubClient(
                hub: hub, transport: transport, ownsTransport: true, timeout: timeout, codec: codec, logger: logger,
                clock: ContinuousClock())
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Connects to a broker, with its errors as client errors.
    package static func connectTransport(broker url: String, logger: Logger) async throws -> any MessageTransport {
        let address: BrokerAddress
        do {
            address = try BrokerAddress(url)
        } catch {
            // Not the URL itself: it holds a password.
            throw ClientError(
                .invalidArgument, "The broker's address is not of the form amqp://user:password@host:port/vhost.",
                cause: error)
        }
        do {
            return try await address.connect(logger: logger)
        } catch {
            throw ClientError(.unreachable, "No connection to the broker \(address).", cause: error)
        }
    }
}
