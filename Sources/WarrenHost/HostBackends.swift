public import Logging
import Warren
public import WarrenMessaging
public import WarrenStorage

/// A transport and stores that a host uses in the place of those that its configuration names.
///
/// It stands behind `@_spi(Backends)`: transports and stores are no part of the stable interface. Both have to pass the
/// compliance suites of `WarrenTestKit`; nothing is promised over one that does not.
///
/// ```swift
/// @_spi(Backends) import WarrenHost
///
/// let backends = HostBackends(store: { partition, configuration, logger in
///     try MyStore(table: "\(configuration.hub)_\(partition)")
/// })
/// let host = try TaskHubHost(HostConfiguration(hub: "orders"), backends: backends)
/// ```
@_spi(Backends) public struct HostBackends: Sendable {
    /// Connects to a transport.
    public typealias Connect = @Sendable (HostConfiguration, Logger) async throws -> any MessageTransport
    /// Opens the store of a partition, on a thread that may block: when the host starts, and again after a failure of the
    /// store. The new one has everything that was committed to the former one.
    public typealias OpenStore = @Sendable (_ partition: Int, HostConfiguration, Logger) throws -> any PartitionStore

    /// Connects to the host's transport; `nil` for the one that the configuration names.
    public var transport: Connect?
    /// Whether the host ends the transport when it stops. With `false` it belongs to the caller, who may use it for
    /// clients as well.
    public var endsTransport: Bool
    /// Opens the store of a partition; `nil` for the one that the configuration names. A host with stores of your own has
    /// the durability `local`. Its data directory, if it has one, then holds only
    /// the record of what it works on.
    public var store: OpenStore?

    /// Names a transport, stores, or both.
    public init(transport: Connect? = nil, endsTransport: Bool = true, store: OpenStore? = nil) {
        self.transport = transport
        self.endsTransport = endsTransport
        self.store = store
    }

    /// The environment of a host that uses these.
    ///
    /// - Throws: `HostError` if the configuration asks for a journal that they cannot have.
    func environment(for configuration: HostConfiguration) throws(HostError) -> HostEnvironment {
        if store != nil, configuration.storage.durability == .journal {
            throw HostError(
                .configuration,
                "storage.durability: a journal is applied to files, and the stores of this host are others. Use the "
                    + "durability 'local', or leave HostBackends.store out.")
        }
        try configuration.checkDurability(hasBroker: transport != nil || configuration.broker.url != nil)
        var environment = HostEnvironment.production(for: configuration)
        if let transport {
            environment.transport = transport
            environment.ownsTransport = endsTransport
            environment.boundsOutboxByTransport = true
        }
        if let store {
            environment.store = store
            environment.hasFiles = false
        }
        return environment
    }
}
