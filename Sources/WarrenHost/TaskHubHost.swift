public import Logging
public import ServiceLifecycle
import Synchronization
public import Warren
import WarrenMessaging
import WarrenStorage

/// A process's share of a task hub: it runs orchestrators and activities that are registered with it.
///
/// ```swift
/// let host = try TaskHubHost(HostConfiguration(broker: "amqp://localhost", dataDirectory: "data"))
/// host.register(Greetings.helloCities) { context, cities in … }
/// host.register(Greetings.sayHello) { city in "Hello \(city)!" }
/// try await host.run()
/// ```
///
/// A graceful shutdown (SIGTERM in a `ServiceGroup`) stops taking messages, finishes what runs or hands it back, and
/// returns within the configuration's grace period. A process that is killed instead loses nothing.
public final class TaskHubHost: Service, FunctionRegistrar, Sendable {
    /// The functions that this host runs. Register them before `run`.
    public let functions = FunctionRegistry()
    private let configuration: HostConfiguration
    private let environment: HostEnvironment
    private let names: TaskHubName
    private let logger: Logger
    private let readiness = OneShot<Bool>()

    /// A host on RabbitMQ and SQLite, or on what the configuration leaves out.
    ///
    /// - Throws: `HostError` if a value is out of range; the message names it and the good values.
    public convenience init(_ configuration: HostConfiguration, logger: Logger = Logger(label: "warren")) throws {
        try self.init(configuration, environment: .production(for: configuration), logger: logger)
    }

    package init(_ configuration: HostConfiguration, environment: HostEnvironment, logger: Logger) throws {
        names = try configuration.validated()
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Returns when the host takes messages: `true`, or `false` if it ended before it came to that.
    public var isReady: Bool {
        get async { await readiness.value }
    }

    /// Runs until the surrounding service group shuts down gracefully, or the task is cancelled.
    ///
    /// - Throws: `HostError` when the host cannot start or a queue is taken from it for good.
    public func run() async throws {
        defer { readiness.set(false) }
        let transport = try await connect()
        let parts: HostParts
        do {
            parts = try await assemble(transport)
        } catch {
            if environment.ownsTransport { await transport.shutdown() }
            throw error
        }
        readiness.set(true)
        logger.info(
            "The host is ready",
            metadata: [
                "hub": "\(configuration.hub)",
                "roles": "\(configuration.roles.map(\.description).sorted().joined(separator: ","))",
                "orchestrations": "\(functions.orchestrationNames.joined(separator: ","))",
                "activities": "\(functions.activityNames.joined(separator: ","))",
            ])
        let end = await parts.run(gracePeriod: configuration.gracePeriod, clock: environment.clock, logger: logger)
        if environment.ownsTransport { await transport.shutdown() }
        logger.info("The host has stopped", metadata: ["hub": "\(configuration.hub)"])
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

    /// Checks the hub's queues and exchanges, and makes them where they are missing.
    private func provision(_ transport: any MessageTransport) async throws {
        // Before anything is declared: queues of partitions that the hub does not have would stay for ever.
        let existing = try await HubSize.partitionCount(of: names, on: transport)
        guard existing == 0 || existing == configuration.partitionCount else {
            throw HostError(
                .topology,
                "partitionCount: the hub has \(existing) partitions, fixed when it was created, not "
                    + "\(configuration.partitionCount). Use \(existing), or another hub.")
        }
        // To verify a queue's arguments, it has to be declared: an activity host needs no such rights on a hub that exists.
        if configuration.roles.contains(.orchestrator) || existing == 0 {
            let hub = TaskHubTopology.hub(names, partitions: configuration.partitionCount)
            let earlier: [String]
            do {
                earlier = try await transport.verify(hub)
            } catch {
                logger.info("Provisioning the hub", metadata: ["hub": "\(configuration.hub)", "because": "\(error)"])
                try await transport.provision(hub)
                earlier = try await transport.verify(hub)
            }
            if !earlier.isEmpty {
                // Not replaced here: what others have bound to them would be gone, and what is published meanwhile refused.
                logger.notice(
                    """
                    Exchanges have an argument of an earlier version: a program that declares them as topic and durable \
                    gets 406. To mend it, delete them while nobody publishes, then start a host or run \
                    'warren hub create'; what others have bound to them has to be bound again
                    """,
                    metadata: ["exchanges": "\(earlier.joined(separator: ", "))"])
            }
        }
        let own = configuration.roles.contains(.activity) ? functions.activityNames : []
        let activities = configuration.foreignActivities.union(own)
        if !activities.isEmpty {
            try await transport.provision(TaskHubTopology.activities(activities, of: names))
        }
    }

    private func assemble(_ transport: any MessageTransport) async throws -> HostParts {
        let stop = StopFlag()
        let publisher = ReliablePublisher(transport: transport, clock: environment.clock, logger: logger)
        var parts = HostParts(publisher: publisher, stop: stop)
        if configuration.roles.contains(.orchestrator) {
            let keys = PartitionKeys(partitionCount: configuration.partitionCount)
            try parts.open(partitions: makePartitions(transport, publisher, keys))
            let relayWire = PartitionWire(
                names: names, configuration: configuration, keys: keys, clock: environment.clock)
            let role = OrchestratorRole(
                partitions: parts.partitions, relay: makeRelay(parts.partitions, publisher, relayWire),
                deadWork: makeDeadWorkReader(parts.partitions, publisher, relayWire), transport: transport,
                configuration: configuration, names: names, ownerships: ownerships(of: parts.partitions, transport),
                logger: logger)
            do {
                parts.loops += try await role.subscribe()
            } catch let error as HostError {
                parts.closeStores()
                throw error
            } catch {
                parts.closeStores()
                throw HostError(.broker, "A queue cannot be consumed: \(error)", cause: error)
            }
        }
        if configuration.roles.contains(.activity) {
            let role = ActivityRole(
                functions: functions, wire: WorkerWire(names: names),
                publisher: publisher, clock: environment.clock, configuration: configuration, logger: logger)
            parts.activities = role
            for name in functions.activityNames {
                let prefetch = min(configuration.prefetch, configuration.maximumConcurrentActivities)
                do {
                    let subscription = try await transport.consume(names.activityQueue(name), prefetch: prefetch)
                    parts.loops.append(
                        RoleLoop(subscription: subscription) {
                            try await role.run($0, of: name, prefetch: prefetch, stop: $1)
                        })
                } catch {
                    parts.closeStores()
                    throw HostError(.broker, "A queue cannot be consumed: \(error)", cause: error)
                }
            }
        }
        watchBlocking(of: transport, parts.partitions.map(\.runner))
        return parts
    }

    private func ownerships(
        of partitions: [HostParts.Partition], _ transport: any MessageTransport
    ) -> [PartitionOwnership] {
        partitions.map { partition in
            let number = partition.runner.partition
            return PartitionOwnership(
                partition: number, names: names, configuration: configuration,
                storeID: partition.store.identity.storeID,
                queue: OwnerQueue(
                    names, partition: number, of: configuration.partitionCount, on: transport, logger: logger),
                transport: transport, clock: environment.clock, patience: environment.ownerPatience, logger: logger)
        }
    }

    /// Stops to feed a broker that takes nothing from publishers, and says so once.
    private func watchBlocking(of transport: any MessageTransport, _ runners: [PartitionRunner]) {
        let logger = logger
        transport.observeBlocking { reason in
            if let reason {
                logger.warning(
                    """
                    The broker takes no messages: it is in an alarm. What is to be sent waits, and nothing is lost. \
                    Free memory or disk space on the broker's machine, or raise its limits; 'rabbitmqctl status' shows \
                    which alarm it is
                    """, metadata: ["reason": "\(reason)"])
            } else {
                logger.notice("The broker takes messages again")
            }
            for runner in runners { runner.block(reason != nil) }
        }
    }

    private func makeRelay(
        _ partitions: [HostParts.Partition], _ publisher: ReliablePublisher, _ wire: PartitionWire
    ) -> IntakeRelay {
        let functions = functions
        let decoder = IntakeDecoder(
            hub: names, replies: ReplyRules(prefixes: configuration.replyQueuePrefixes.sorted()),
            knows: { functions.orchestrationNames.contains($0) })
        return IntakeRelay(
            decoder: decoder, wire: wire,
            partitions: Dictionary(uniqueKeysWithValues: partitions.map { ($0.runner.partition, $0.runner.mailbox) }),
            publisher: publisher, clock: environment.clock, logger: logger)
    }

    private func makeDeadWorkReader(
        _ partitions: [HostParts.Partition], _ publisher: ReliablePublisher, _ wire: PartitionWire
    ) -> DeadWorkReader {
        let owned = partitions.map { ($0.runner.partition, (mailbox: $0.runner.mailbox, wire: $0.wire)) }
        return DeadWorkReader(
            names: names, partitions: Dictionary(uniqueKeysWithValues: owned),
            wire: wire, publisher: publisher,
            clock: environment.clock, logger: logger)
    }

    private func makePartitions(
        _ transport: any MessageTransport, _ publisher: ReliablePublisher, _ keys: PartitionKeys
    ) throws -> [HostParts.Partition] {
        // No more places than partitions: whoever wants to be alone takes them all.
        let limiter = Limiter(min(configuration.maximumConcurrentOrchestrations, configuration.partitionCount))
        let calledActivities = CalledActivities()
        let parked = ParkedDestinations()
        let runner = environment.runner(functions, logger)
        let router = LocalRouter(
            decode: PartitionWire(names: names, configuration: configuration, keys: keys, clock: environment.clock)
                .decode,
            unseen: environment.unseenWork)
        let configuration = configuration
        let environment = environment
        let names = names
        let logger = logger
        let hearing = WorkerHearing(over: transport, clock: environment.clock)
        var partitions: [HostParts.Partition] = []
        var knownLedger: CrashLedger?
        for number in 0..<configuration.partitionCount {
            let open = { @Sendable in try environment.store(number, configuration, logger) }
            let store: any PartitionStore
            let ledger: CrashLedger
            do {
                store = try open()
                do {
                    ledger = try knownLedger ?? makeLedger()
                    knownLedger = ledger
                } catch {
                    store.close()
                    throw error
                }
            } catch {
                for partition in partitions { partition.store.close() }
                throw HostError(.storage, "Partition \(number) cannot be opened: \(error)", cause: error)
            }
            keys.add(number, secret: store.identity.secret.bytes)
            let wire = PartitionWire(
                names: names, configuration: configuration, identity: store.identity, keys: keys,
                clock: environment.clock)
            var partitionLogger = logger
            partitionLogger[metadataKey: "partition"] = "\(number)"
            let setup = PartitionSetup(
                partition: number, names: names, configuration: configuration, runner: runner, functions: functions,
                clock: environment.clock, publisher: publisher, limiter: limiter, hearing: hearing,
                crashGuard: CrashGuard(ledger, partition: number), wire: wire, logger: partitionLogger,
                calledActivities: calledActivities, parked: parked,
                outboxLimit: environment.window == .unlimited ? .max : configuration.maximumOutboxRows,
                unseenWork: environment.unseenWork)
            let partitionRunner = PartitionRunner(setup: setup, open: open) { mailbox in
                OutboxDispatcher(
                    names: names, transport: transport, clock: environment.clock, local: router, mailbox: mailbox,
                    unknownActivityGrace: configuration.unknownActivityGrace, settleDelay: environment.settleDelay,
                    window: environment.window, wire: wire, parked: parked, partition: number, logger: setup.logger)
            }
            router.own(key: names.partitionKey(number), partitionRunner.mailbox)
            partitions.append(HostParts.Partition(runner: partitionRunner, store: store, wire: wire))
        }
        do {
            try OpenInstances.check(
                partitions.map(\.store), areRunBy: runner, except: configuration.retiredOrchestrations)
        } catch {
            for partition in partitions { partition.store.close() }
            throw error
        }
        return partitions
    }

    private func makeLedger() throws -> CrashLedger {
        CrashLedger(
            try environment.flightRecord(configuration), limit: configuration.maximumHostDeaths,
            now: environment.clock.now, logger: logger)
    }
}
