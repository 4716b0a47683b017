package import Logging
package import Warren
package import WarrenMessaging
import WarrenPartition
package import WarrenStorage

/// The surroundings of a host: chosen by its configuration in production, replaced by tests.
package struct HostEnvironment: Sendable {
    /// Connects to the transport that carries the messages.
    package var transport: @Sendable (HostConfiguration, Logger) async throws -> any MessageTransport
    /// Whether the host ends the transport when it stops.
    package var ownsTransport: Bool
    /// Opens a partition's store.
    package var store: @Sendable (_ partition: Int, HostConfiguration, Logger) throws -> any PartitionStore
    /// The places of the stores of a hub with a journal, where there is a journal for each partition.
    package var files: @Sendable (_ partition: Int, HostConfiguration, Logger) -> any PartitionFiles
    /// The time without anything read back from a journal, while something is on its way, after which a claim is over.
    package var doubtAfter = Duration.milliseconds(500)
    /// The ID of this host among those of its hub: it has no other process's.
    package var hostID = HostName.current + "/" + String(UInt64.random(in: 0 ... .max), radix: 16)
    /// Opens the record of what the partitions work on, after their stores.
    package var flightRecord: @Sendable (HostConfiguration) throws -> FlightRecord
    package var clock: any HostClock
    package var runner: @Sendable (FunctionRegistry, Logger) -> any OrchestratorRunner
    /// The time for which confirmed outbox rows may stay when nothing else is written.
    package var settleDelay: Duration
    /// The time for which a start waits for a partition that a connection holds, which may belong to a host that is
    /// gone.
    package var ownerPatience: Duration
    /// Counts the work of the host's partitions that the transport does not see.
    package var unseenWork: (any UnseenWork)?
    /// The limits on the part of a partition's outbox that is on its way at once. A host over a transport inside its
    /// own process has no limit, and takes new work however much waits: see `OutboxWindow.Limits.unlimited`.
    var window = OutboxWindow.Limits.unlimited
    /// Whether the limits depend on the transport, which is known when it is connected: none over one that ends with the
    /// process, as for ``window``, those of a broker over another.
    var boundsOutboxByTransport = false
    /// Whether a data directory has the partitions' files in it.
    var hasFiles = true
    var waiterBounds = WaiterBounds()
    /// The source of random numbers for pauses and IDs.
    package var random = RandomSource.system

    /// The limits on what is on its way over a transport.
    func window(over transport: any MessageTransport) -> OutboxWindow.Limits {
        guard boundsOutboxByTransport else { return window }
        return transport.outlivesProcess ? .broker : .unlimited
    }

    /// Limits what is on its way, as over a broker.
    package mutating func boundOutbox(messages: Int, bytes: Int) {
        window = OutboxWindow.Limits(messages: messages, bytes: bytes)
    }

    package init(
        transport: @escaping @Sendable (HostConfiguration, Logger) async throws -> any MessageTransport,
        ownsTransport: Bool = true,
        store: @escaping @Sendable (_ partition: Int, HostConfiguration, Logger) throws -> any PartitionStore,
        flightRecord: @escaping @Sendable (HostConfiguration) throws -> FlightRecord = { _ in FlightRecord() },
        clock: any HostClock = SystemHostClock(),
        runner: @escaping @Sendable (FunctionRegistry, Logger) -> any OrchestratorRunner,
        settleDelay: Duration = .milliseconds(20), ownerPatience: Duration = .seconds(45)
    ) {
        self.transport = transport
        self.ownsTransport = ownsTransport
        self.store = store
        files = { partition, configuration, logger in
            guard let directory = configuration.storage.directory else {
                return MemoryPartitionFiles(configuration: configuration, partition: partition)
            }
            return SQLitePartitionFiles(
                directory: directory, hub: configuration.hub, partition: partition,
                partitionCount: configuration.partitionCount, logger: logger)
        }
        self.flightRecord = flightRecord
        self.clock = clock
        self.runner = runner
        self.settleDelay = settleDelay
        self.ownerPatience = ownerPatience
    }
}
