public import CoreMetrics
public import Logging
public import Warren
public import WarrenMessaging

extension TaskHubClient {
    /// Connects to the broker of a task hub.
    ///
    /// The connection is restored after a loss; messages and questions of that time are published again.
    ///
    /// - Parameters:
    ///   - url: the broker's address: `amqp://user:password@host:port/vhost`, or `amqps://…?cacertfile=ca.pem` for TLS;
    ///     the nodes of a cluster are separated by commas.
    ///   - hub: the task hub's name.
    ///   - timeout: the time that calls wait for an answer by default.
    ///   - codec: encodes and decodes values as JSON; the same as the hosts'.
    ///   - payloadDirectory: the hub's payload folder, the setting `payloads.directory` of its hosts: inputs and events above
    ///     256 KiB, up to 64 MiB, are stored there and travel as references, and outputs that are references are read from
    ///     there. `nil` for a hub without one.
    ///   - metrics: makes the metrics of the client and its connections; `nil` for `MetricsSystem.factory`.
    ///   - logger: for events of the connection.
    /// - Throws: ``ClientError``: ``ClientError/Code/unreachable`` when the broker does not answer, or refuses the
    ///   login or the right to a queue for replies, ``ClientError/Code/invalidArgument`` when the address is invalid, or
    ///   the payload folder cannot be used.
    public static func connect(
        broker url: String, hub: String = "warren", timeout: Duration = .seconds(30),
        codec: any PayloadCodec = JSONPayloadCodec(), payloadDirectory: String? = nil,
        metrics: (any MetricsFactory)? = nil, logger: Logger = Logger(label: "warren.client")
    ) async throws -> TaskHubClient {
        let claims = try openClaimCheck(payloadDirectory, hub: hub)
        let transport = try await connectTransport(broker: url, metrics: metrics, logger: logger)
        do {
            return try await TaskHubClient(
                hub: hub, transport: transport, ownsTransport: true, timeout: timeout, codec: codec, claims: claims,
                metrics: metrics, logger: logger, clock: ContinuousClock())
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Makes a client over a transport of your own, or one that wraps Warren's. It stands behind `@_spi(Backends)`:
    /// transports are no part of the stable interface.
    ///
    /// - Parameters:
    ///   - transport: carries the client's messages. It stays open when the client is closed.
    ///   - hub: the task hub's name.
    ///   - timeout: the time that calls wait for an answer by default.
    ///   - codec: encodes and decodes values as JSON; the same as the hosts'.
    ///   - payloadDirectory: the hub's payload folder, as for `connect(broker:)`.
    ///   - metrics: makes the metrics of the client; `nil` for `MetricsSystem.factory`.
    ///   - logger: for events of the client.
    /// - Throws: ``ClientError``, as `connect(broker:)`.
    @_spi(Backends)
    public static func connect(
        over transport: any MessageTransport, hub: String = "warren", timeout: Duration = .seconds(30),
        codec: any PayloadCodec = JSONPayloadCodec(), payloadDirectory: String? = nil,
        metrics: (any MetricsFactory)? = nil, logger: Logger = Logger(label: "warren.client")
    ) async throws -> TaskHubClient {
        try await TaskHubClient(
            hub: hub, transport: transport, timeout: timeout, codec: codec,
            claims: openClaimCheck(payloadDirectory, hub: hub), metrics: metrics, logger: logger)
    }

    /// Connects to a broker, and translates its errors to client errors.
    package static func connectTransport(
        broker url: String, metrics: (any MetricsFactory)? = nil, logger: Logger
    ) async throws -> any MessageTransport {
        let address: BrokerAddress
        do {
            address = try BrokerAddress(url)
        } catch {
            // The message leaves the URL out: it contains a password.
            throw ClientError(
                .invalidArgument, "The broker's address is not of the form amqp://user:password@host:port/vhost.",
                cause: error)
        }
        do {
            return try await address.connect(metrics: metrics ?? MetricsSystem.factory, logger: logger)
        } catch {
            throw ClientError(.unreachable, "No connection to the broker \(address).", cause: error)
        }
    }
}
