package import Logging
package import Warren
package import WarrenMessaging
import WarrenPartition
package import WarrenStorage

/// What a host stands on: chosen by its configuration in production, replaced by tests.
package struct HostEnvironment: Sendable {
    /// Connects to whatever carries the messages.
    package var transport: @Sendable (HostConfiguration, Logger) async throws -> any MessageTransport
    /// Whether the host ends the transport when it stops.
    package var ownsTransport: Bool
    /// Opens a partition's store.
    package var store: @Sendable (_ partition: Int, HostConfiguration, Logger) throws -> any PartitionStore
    /// Opens the record of what the partitions work on, after their stores.
    package var flightRecord: @Sendable (HostConfiguration) throws -> FlightRecord
    package var clock: any HostClock
    package var runner: @Sendable (FunctionRegistry, Logger) -> any OrchestratorRunner
    /// How long confirmed outbox rows may stay when nothing else is written.
    package var settleDelay: Duration
    /// How long a start waits for a partition that a connection holds: it may be that of a host that is gone.
    package var ownerPatience: Duration
    /// Told of what the host's partitions do that the transport does not see.
    package var unseenWork: (any UnseenWork)?
    /// How much of a partition's outbox may be on its way at once. A host over a transport inside its own process has no
    /// bound, and takes new work whatever waits: see `OutboxWindow.Limits.unlimited`.
    var window = OutboxWindow.Limits.unlimited
    var waiterBounds = WaiterBounds()
    /// Where pauses and IDs get their random numbers from.
    package var random = RandomSource.system

    /// Bounds what is on its way, as over a broker.
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
        self.flightRecord = flightRecord
        self.clock = clock
        self.runner = runner
        self.settleDelay = settleDelay
        self.ownerPatience = ownerPatience
    }
}
