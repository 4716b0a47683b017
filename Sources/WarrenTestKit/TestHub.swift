public import Logging
public import Warren
public import WarrenClient
package import WarrenHost
public import WarrenMessaging
public import WarrenStorage

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A whole task hub inside the test: client, orchestrators, activities, messages and history, without a broker, a file
/// or a wait. Its clock stands still until the test moves it.
public final class TestHub: FunctionRegistrar, Sendable {
    /// The registry of the hub's functions. Register them before the first use of `client`.
    public var functions: FunctionRegistry { host.functions }
    private let host: TaskHubHost
    let clock: VirtualClock
    private let transport: InProcessTransport
    private let running: LazyHost
    let activityFaults = ActivityFaults()
    private let resting: HubRest
    /// The faults of commits, counted over all partitions.
    let commitFaults: PlantedFaults<StorageError>
    /// The faults of messages that the host sends.
    let messageFaults: PlantedFaults<MessageFault>

    init(_ options: TestHubOptions, logger: Logger) throws {
        let clock = VirtualClock(Timestamp(options.start))
        let transport = InProcessTransport()
        let commits = CommitCounter()
        let resting = HubRest(clock: clock, transport: transport, commits: commits)
        commitFaults = PlantedFaults { resting.mend() }
        messageFaults = PlantedFaults { resting.mend() }
        let stores = TestStores(faults: commitFaults, commits: commits, replace: options.store)
        let sending = FaultInjectingTransport(options.transport(transport), faults: messageFaults)
        var configuration = HostConfiguration(hub: "test", partitionCount: options.partitionCount)
        configuration.payloads.directory = options.payloadDirectory
        options.configure(&configuration)
        configuration.orchestrations.warmInstances = options.replaysEveryEpisode ? 0 : 10_000
        var environment = HostEnvironment(
            transport: { _, _ in sending }, ownsTransport: false,
            store: { partition, configuration, _ in try stores.open(partition, of: configuration) },
            clock: clock, runner: { LocalOrchestratorRunner(functions: $0, logger: $1) }, settleDelay: .zero)
        environment.unseenWork = commits
        host = try TaskHubHost(configuration, environment: environment, logger: logger)
        self.clock = clock
        self.transport = transport
        self.resting = resting
        running = LazyHost(
            host: host, transport: transport, gracePeriod: configuration.graces.stop,
            claims: try options.payloadDirectory.map { try ClaimCheck.open(directory: $0, hub: configuration.hub) },
            logger: logger)
    }

    /// A client of the hub. The first use starts the hub.
    public var client: TaskHubClient {
        get async throws { try await running.client() }
    }

    /// The hub's time.
    public var now: Date { clock.now.date }

    /// Moves the clock, and runs everything that is due on the way, each at its own time.
    public func advance(by duration: Duration) async throws {
        let end = clock.now.advanced(by: duration)
        _ = try await client
        await rest()
        while let next = clock.next, next <= end {
            _ = clock.move(to: next)
            await rest()
        }
        _ = clock.move(to: end)
    }

    /// Moves the clock to a time, as ``advance(by:)`` does. A time that has passed changes nothing.
    public func advance(to time: Date) async throws {
        let pause = Timestamp(time).duration(since: clock.now)
        if pause > .zero { try await advance(by: pause) }
    }

    /// Moves the clock to the next time at which anything is due, and runs what is due then. Beside timers of
    /// orchestrations these are the host's own deadlines, such as those of requests that wait for an answer.
    ///
    /// - Returns: the time; `nil` if nothing is due at any time.
    @discardableResult
    public func advanceToNext() async throws -> Date? {
        _ = try await client
        await rest()
        guard let next = clock.next else { return nil }
        while let due = clock.next, due <= next {
            _ = clock.move(to: next)
            await rest()
        }
        return next.date
    }

    /// Lets time pass during which the hub stands still, as when its machine sleeps. What was due meanwhile then happens
    /// late, and all of it at the same time: by this, tests see what timers and schedules do that were missed.
    public func standStill(for duration: Duration) async throws {
        _ = try await client
        await rest()
        clock.jump(to: clock.now.advanced(by: duration))
        try await advance(by: .zero)
    }

    /// Waits until nothing more happens without the clock moving: no message, activity or commit is on its way. A
    /// cancelled test, such as one that exceeds its time limit, waits no longer.
    public func rest() async {
        let (ending, end) = AsyncStream<Never>.makeStream()
        Task { [resting] in
            await resting.come()
            end.finish()
        }
        // The stream also ends with the task that waits here. Work that does not come to rest then is abandoned.
        for await _ in ending {}
    }

    /// Waits for an instance to end, moving the clock to each time that the instance waits for.
    ///
    /// - Throws: `TestHubError` if the instance waits for something that the clock cannot bring, with its name;
    ///   otherwise as `OrchestrationInstance.result`.
    public func result<Output>(of instance: OrchestrationInstance<Output>) async throws -> Output {
        var isSecondLook = false
        while true {
            await rest()
            try Task.checkCancellation()
            guard let status = try await instance.status() else {
                throw TestHubError("There is no instance '\(instance.id)'.")
            }
            if status.runtimeStatus.isTerminal { return try await instance.result() }
            guard let next = clock.next else {
                // The question may itself have woken a partition that had something due: a second look is needed.
                guard isSecondLook else {
                    isSecondLook = true
                    continue
                }
                throw TestHubError(
                    "The instance '\(instance.id)' waits, and no timer will wake it. Open: "
                        + (status.openTasks.isEmpty ? "nothing." : status.openTasks.joined(separator: ", ")))
            }
            _ = clock.move(to: next)
            isSecondLook = false
        }
    }

    func stop() async {
        resting.stop()
        await running.stop(clock)
        await transport.shutdown()
    }
}

/// The options of a test hub.
public struct TestHubOptions: Sendable {
    /// The initial time of the hub's clock.
    public var start: Date
    /// The number of partitions of the hub.
    public var partitionCount: Int
    /// Whether no orchestrator stays in memory between two events, so that every step is a replay. Results must not
    /// depend on this.
    public var replaysEveryEpisode: Bool
    /// The folder for large payloads, a directory of the test's own; `nil` for none, see `HostConfiguration.Payloads`.
    public var payloadDirectory: String?
    /// Replaces the store of a partition, or wraps the one in memory that the hub would use and that comes as the argument.
    /// When the partition is opened again, after a failure, that one has its rows; another store must have them, too.
    @_spi(Backends)
    public var store: @Sendable (_ partition: Int, _ memory: any PartitionStore) throws -> any PartitionStore = { $1 }
    /// Wraps the transport of the hub's host. It has to forward to the argument, because the hub waits until nothing is
    /// on its way there.
    @_spi(Backends)
    public var transport: @Sendable (any MessageTransport) -> any MessageTransport = { $0 }
    /// Changes the configuration of the hub's host.
    package var configure: @Sendable (inout HostConfiguration) -> Void = { _ in }

    /// Makes the usual options: noon of the first day of 2030, two partitions, warm instances, no payload folder.
    public init(
        start: Date = Date(timeIntervalSince1970: 1_893_499_200), partitionCount: Int = 2,
        replaysEveryEpisode: Bool = false, payloadDirectory: String? = nil
    ) {
        self.payloadDirectory = payloadDirectory
        self.start = start
        self.partitionCount = partitionCount
        self.replaysEveryEpisode = replaysEveryEpisode
    }
}

/// The reason why a test hub cannot do what the test requires.
public struct TestHubError: Error, Sendable, CustomStringConvertible {
    /// The description of the problem.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs a test against a task hub of its own.
///
/// ```swift
/// try await withTaskHub { hub in
///     hub.register(approval) { context, order in … }
///     let instance = try await hub.client.start(approval, order)
///     try await hub.advance(by: .hours(72))
///     #expect(try await hub.result(of: instance) == "escalated")
/// }
/// ```
public func withTaskHub<Result: Sendable>(
    _ options: TestHubOptions = TestHubOptions(),
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    _ body: (TestHub) async throws -> Result
) async throws -> Result {
    let hub = try TestHub(options, logger: logger)
    do {
        let result = try await body(hub)
        await hub.stop()
        return result
    } catch {
        await hub.stop()
        throw error
    }
}
