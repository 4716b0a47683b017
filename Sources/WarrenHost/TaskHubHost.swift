public import Logging
public import ServiceLifecycle
import Synchronization
public import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// A process's share of a task hub: it runs orchestrators and activities that are registered with it.
///
/// ```swift
/// let host = try TaskHubHost(HostConfiguration(broker: "amqp://localhost", dataDirectory: "data"))
/// host.register(Greetings.helloCities) { context, cities in … }
/// host.register(Greetings.sayHello) { city in "Hello \(city)!" }
/// try await host.runUntilSignal()
/// ```
///
/// A graceful shutdown (SIGTERM, or that of your own `ServiceGroup`) stops taking messages, finishes running work or
/// returns it, and completes within the configuration's grace period. A process that is killed instead loses nothing.
public final class TaskHubHost: Service, FunctionRegistrar, Sendable {
    /// The functions that this host runs. Register them before `run`.
    public let functions: FunctionRegistry
    let configuration: HostConfiguration
    let environment: HostEnvironment
    let names: TaskHubName
    let logger: Logger
    private let readiness = OneShot<Bool>()
    let phase = Mutex(Phase.starting)

    /// Makes a host on RabbitMQ and SQLite, or on memory where the configuration leaves one out.
    ///
    /// - Parameters:
    ///   - configuration: the roles and limits of the host.
    ///   - functions: the registry of the host's functions. If it is made with another codec
    ///     (`FunctionRegistry(codec:)`), inputs and outputs are written and read by that one; clients that start
    ///     orchestrations of this host must have the same codec.
    ///   - logger: the host's log.
    /// - Throws: `HostError` if a value is out of range; the message names it and the valid values.
    public convenience init(
        _ configuration: HostConfiguration, functions: FunctionRegistry = FunctionRegistry(),
        logger: Logger = Logger(label: "warren")
    ) throws {
        try configuration.checkDurability()
        try self.init(
            configuration, environment: .production(for: configuration), functions: functions, logger: logger)
    }

    /// Prepares a host with a transport or stores of your own.
    ///
    /// - Parameters:
    ///   - configuration: the settings; those of a broker or of files do not count where `backends` has another.
    ///   - backends: the transport and the stores.
    ///   - functions: the registry, as for the other initializer.
    ///   - logger: the host's log.
    /// - Throws: `HostError` if a value is out of range, or the configuration asks for a journal with stores of your own.
    @_spi(Backends)
    public convenience init(
        _ configuration: HostConfiguration, backends: HostBackends, functions: FunctionRegistry = FunctionRegistry(),
        logger: Logger = Logger(label: "warren")
    ) throws {
        try self.init(
            configuration, environment: backends.environment(for: configuration), functions: functions, logger: logger)
    }

    package init(
        _ configuration: HostConfiguration, environment: HostEnvironment,
        functions: FunctionRegistry = FunctionRegistry(), logger: Logger
    ) throws {
        names = try configuration.validated()
        self.functions = functions
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Whether the host takes messages: returns `true` when it does, or `false` if it ended before that.
    public var isReady: Bool {
        get async { await readiness.value }
    }

    /// Runs until the surrounding service group shuts down gracefully, or the task is cancelled.
    ///
    /// - Throws: `HostError` when the host cannot start or permanently loses a queue to another host.
    public func run() async throws {
        defer {
            readiness.set(false)
            phase.withLock { $0 = .ended }
        }
        let transport = try await connect()
        let parts: HostParts
        do {
            parts = try await assemble(transport)
        } catch {
            if environment.ownsTransport { await transport.shutdown() }
            throw error
        }
        let limits = configuration.statedLimits(with: functions)
        if !configuration.roles.contains(.orchestrator), !limits.isEmpty {
            logger.warning(
                """
                The limits that this process states have no effect: it owns no partitions. State them in the hosts that run \
                orchestrators, or use 'warren limits set'
                """,
                metadata: [LogKey.activities: "\(limits.map(\.activity).joined(separator: ","))"])
        }
        let overview = HostOverview(parts, configuration, transport)
        phase.withLock { $0 = .running(overview) }
        readiness.set(true)
        logger.info(
            "The host is ready",
            metadata: [
                LogKey.hub: "\(configuration.hub)",
                LogKey.roles: "\(configuration.roles.map(\.description).sorted().joined(separator: ","))",
                LogKey.orchestrations: "\(functions.orchestrationNames.joined(separator: ","))",
                LogKey.activities: "\(functions.activityNames.joined(separator: ","))",
            ])
        let end = await parts.run(gracePeriod: configuration.graces.stop, clock: environment.clock, logger: logger)
        if environment.ownsTransport {
            // A broker that does not answer delays nothing: its connections end with the process.
            await HostParts.wait(
                for: [Task { await transport.shutdown() }],
                atMost: HostParts.closingTime(of: configuration.graces.stop), on: environment.clock)
        }
        logger.info("The host has stopped", metadata: [LogKey.hub: "\(configuration.hub)"])
        try end.get()
    }

    private func connect() async throws -> any MessageTransport {
        let transport: any MessageTransport
        do {
            transport = try await environment.transport(configuration, logger)
        } catch {
            throw HostError(.broker, "The broker cannot be used: \(error)", cause: error)
        }
        do {
            try await provision(transport)
        } catch {
            if environment.ownsTransport { await transport.shutdown() }
            if error is HostError { throw error }
            throw HostError(.topology, "The hub '\(configuration.hub)' cannot be used: \(error)", cause: error)
        }
        return transport
    }

    /// Checks the hub's queues and exchanges, and creates those that are missing.
    private func provision(_ transport: any MessageTransport) async throws {
        // The check precedes every declaration: queues of partitions that the hub does not have would remain without
        // end.
        let existing = try await HubSize.partitionCount(of: names, on: transport)
        guard existing == 0 || existing == configuration.partitionCount else {
            throw HostError(
                .topology,
                "partitionCount: the hub has \(existing) partitions, fixed when it was created, not "
                    + "\(configuration.partitionCount). Use \(existing), or another hub.")
        }
        try await checkDurability(of: transport, isCreated: existing > 0)
        // To verify a queue's arguments, it has to be declared: an activity host does not need that permission on an
        // existing hub.
        if configuration.roles.contains(.orchestrator) || existing == 0 {
            let hub = TaskHubTopology.hub(
                names, partitions: configuration.partitionCount, durability: configuration.storage.durability,
                journalBytes: configuration.journal.size)
            let earlier: [String]
            do {
                earlier = try await transport.verify(hub)
            } catch {
                logger.info(
                    "Provisioning the hub", metadata: [LogKey.hub: "\(configuration.hub)", LogKey.because: "\(error)"])
                try await transport.provision(hub)
                earlier = try await transport.verify(hub)
            }
            try await checkJournals(of: hub, on: transport)
            if !earlier.isEmpty {
                // They are not replaced here: the bindings of other programs would be lost, and messages published
                // meanwhile refused.
                logger.notice(
                    """
                    Exchanges have an argument of an earlier version: a program that declares them as topic and durable \
                    gets 406. To mend it, delete them while nobody publishes, then start a host or run \
                    'warren hub create'; what others have bound to them has to be bound again
                    """,
                    metadata: [LogKey.exchanges: "\(earlier.joined(separator: ", "))"])
            }
        }
        // The queues include those of activities that this process does not run: of processes that start in any order,
        // the first one that knows an activity creates its queue, so that calls wait there for a worker instead of
        // failing.
        let activities = configuration.activities.foreign.union(functions.activityNames)
        if !activities.isEmpty {
            try await transport.provision(TaskHubTopology.activities(activities, of: names))
        }
    }

    private func assemble(_ transport: any MessageTransport) async throws -> HostParts {
        let stop = StopFlag()
        let metrics = makeMetrics()
        let publisher = ReliablePublisher(
            transport: transport, clock: environment.clock, random: environment.random, metrics: metrics, logger: logger
        )
        var parts = HostParts(metrics: metrics, publisher: publisher, stop: stop)
        let owned = OwnedPartitions()
        let claims = try configuration.openClaimCheck()
        let slots = ActivitySlots(configuration.activities.concurrency)
        let local = localActivities(slots)
        if configuration.roles.contains(.orchestrator) {
            let keys = PartitionKeys(partitionCount: configuration.partitionCount)
            let (stores, _) = try await openStores(transport)
            do {
                var factory = try makeFactory(transport, publisher, keys, metrics, stores)
                factory.activities = local
                factory.payloads = claims.map {
                    EpisodePayloads(
                        claims: $0, foreignActivities: configuration.activities.foreign, logger: logger)
                }
                parts.partitionMetrics = factory.metrics
                parts.crashLedger = factory.ledger
                switch configuration.storage.durability {
                case .journal: try await assembleSlots(&parts, factory, owned, stores)
                default: try await assemblePartitions(&parts, factory, owned, stores)
                }
            } catch let error as HostError {
                await parts.closeStores()
                throw error
            } catch {
                await parts.closeStores()
                throw HostError(.broker, "A queue cannot be consumed: \(error)", cause: error)
            }
        }
        if configuration.roles.contains(.activity) {
            let role = ActivityRole(
                functions: functions, wire: WorkerWire(names: names, inputLimit: configuration.messages.maximumSize),
                publisher: publisher, clock: environment.clock, configuration: configuration, slots: slots,
                local: local, payloads: ActivityPayloads(claims: claims), metrics: metrics, logger: logger)
            parts.activities = role
            if !functions.activityNames.isEmpty,
                let subscription = await role.hearCancellations(from: transport, names: names, id: environment.hostID)
            {
                parts.loops.append(
                    RoleLoop(subscription: subscription, takesResults: true) { [names] subscription, _ in
                        await role.runCancellations(subscription, names: names)
                    })
            }
            for name in functions.activityNames {
                let prefetch = min(configuration.messages.prefetch, configuration.activities.concurrency)
                do {
                    let subscription = try await transport.consume(names.activityQueue(name), prefetch: prefetch)
                    parts.loops.append(
                        RoleLoop(subscription: subscription) {
                            try await role.run($0, of: name, prefetch: prefetch, stop: $1)
                        })
                } catch {
                    await parts.closeStores()
                    throw HostError(.broker, "A queue cannot be consumed: \(error)", cause: error)
                }
            }
        }
        watchBlocking(of: transport, owned)
        return parts
    }

    /// Makes what takes work of the host's partitions past the broker; `nil` if no activity prefers that.
    private func localActivities(_ slots: ActivitySlots) -> LocalActivities? {
        let preferring = configuration.localActivities(among: functions.activityNames)
        return preferring.isEmpty ? nil : LocalActivities(preferring, slots: slots, clock: environment.clock)
    }

    /// Takes all partitions of the hub, until the host ends. When it throws, the stores are closed, or are among the parts.
    private func assemblePartitions(
        _ parts: inout HostParts, _ factory: PartitionFactory, _ owned: OwnedPartitions,
        _ stores: [Int: any PartitionStore]
    ) async throws {
        let (transport, publisher) = (factory.transport, factory.publisher)
        let parkings: [Int: [ParkInstance]]
        do {
            parkings = try await replayOpenInstances(of: stores, factory.payloads)
        } catch {
            for store in stores.values { store.close() }
            throw error
        }
        parts.open(partitions: try makePartitions(factory, stores))
        for partition in parts.partitions {
            for parking in parkings[partition.runner.partition] ?? [] {
                partition.runner.mailbox.add(PartitionInput(.park(parking)))
            }
        }
        for partition in parts.partitions { owned.own(.init(partition.runner, wire: partition.wire)) }
        let relayWire = PartitionWire(names: names, configuration: configuration, keys: factory.keys)
        let intakes = try await makeIntakes(&parts, factory.ledger.record, transport, relayWire)
        parts.ownerships = ownerships(of: parts.partitions, transport)
        let role = OrchestratorRole(
            partitions: parts.partitions,
            relay: makeRelay(intakes, publisher, transport, relayWire, factory.payloads?.claims),
            deadWork: makeDeadWorkReader(owned, publisher, relayWire), owned: owned, transport: transport,
            configuration: configuration, names: names, ownerships: parts.ownerships, logger: logger)
        parts.loops += try await role.subscribe()
    }

    private func ownerships(
        of partitions: [HostParts.Partition], _ transport: any MessageTransport
    ) -> [PartitionOwnership] {
        partitions.map { partition in
            let number = partition.runner.partition
            return PartitionOwnership(
                partition: number, names: names, configuration: configuration,
                storeID: partition.store.identity.storeID,
                commitBeforeOpening: partition.store.commitBeforeOpening,
                lastCommit: { partition.runner.lastCommit ?? partition.store.lastCommit },
                queue: OwnerQueue(
                    names, partition: number, of: configuration.partitionCount, on: transport, logger: logger),
                transport: transport, clock: environment.clock, patience: environment.ownerPatience, logger: logger)
        }
    }

    /// Stops feeding a broker that accepts nothing from publishers, and logs that once.
    private func watchBlocking(of transport: any MessageTransport, _ owned: OwnedPartitions) {
        let logger = logger
        transport.observeBlocking { reason in
            if let reason {
                logger.warning(
                    """
                    The broker takes no messages: it is in an alarm. What is to be sent waits, and nothing is lost. \
                    Free memory or disk space on the broker's machine, or raise its limits; 'rabbitmqctl status' shows \
                    which alarm it is
                    """, metadata: [LogKey.reason: "\(reason)"])
            } else {
                logger.notice("The broker takes messages again")
            }
            owned.block(reason != nil)
        }
    }
}
