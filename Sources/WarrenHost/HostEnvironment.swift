package import Logging
package import Warren
package import WarrenMessaging
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

    package init(
        transport: @escaping @Sendable (HostConfiguration, Logger) async throws -> any MessageTransport,
        ownsTransport: Bool = true,
        store: @escaping @Sendable (_ partition: Int, HostConfiguration, Logger) throws -> any PartitionStore,
        flightRecord: @escaping @Sendable (HostConfiguration) throws -> FlightRecord = { _ in FlightRecord() },
        clock: any HostClock = SystemHostClock(),
        runner: @escaping @Sendable (FunctionRegistry, Logger) -> any OrchestratorRunner,
        settleDelay: Duration = .milliseconds(20)
    ) {
        self.transport = transport
        self.ownsTransport = ownsTransport
        self.store = store
        self.flightRecord = flightRecord
        self.clock = clock
        self.runner = runner
        self.settleDelay = settleDelay
    }
}
