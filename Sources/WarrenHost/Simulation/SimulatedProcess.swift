package import Logging
package import Warren
package import WarrenMessaging
import WarrenPartition
package import WarrenStorage
import WarrenSupport

/// The partitions and the intake of one host as a simulation runs them: the parts that `TaskHubHost` and `HostParts`
/// assemble, without the life cycle of a service, and with nothing that has a thread of its own.
///
/// `@unchecked Sendable`: a simulation is one thread.
package final class SimulatedProcess: @unchecked Sendable {
    /// The surroundings of the process.
    package struct Parts: Sendable {
        package var names: TaskHubName
        package var configuration: HostConfiguration
        package var functions: FunctionRegistry
        package var clock: any HostClock
        package var transport: any MessageTransport
        /// Opens a partition's store.
        package var open: @Sendable (Int) throws -> any PartitionStore
        /// Runs all asynchronous code of the process.
        package var executor: any TaskExecutor
        /// Runs the partitions.
        package var partitionExecutor: any SerialExecutor
        package var random: RandomSource
        /// The clock of time that really passes.
        package var steady: @Sendable () -> ContinuousClock.Instant
        /// Runs a closure that answers a question, soon.
        package var answering: @Sendable (@escaping @Sendable () -> Void) -> Void
        /// Runs an episode of an instance later, more than once, or not at all; `nil` if orchestrators are run inline.
        package var episodes: (@Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void)?
        /// Whether messages for a partition take the detour at first.
        package var isDetoured: @Sendable (Int) -> Bool
        /// Records whether they take it.
        package var remember: @Sendable (Bool, Int) -> Void
        /// Reports a part that ends with an error, which nothing in a simulation may cause.
        package var report: @Sendable (String) -> Void
        /// The maximum number of messages on their way from a partition.
        package var window: Int
        /// Whether messages from partition to partition stay in the process; otherwise they go through the broker, as
        /// between hosts.
        package var routesLocally: Bool
        package var logger: Logger
        /// The surroundings of partitions with journals; `nil` for a hub without them.
        package var journals: SimulatedJournals?
        /// The hub's payload folder as this process sees it; `nil` in a hub without one.
        package var payloads: (any PayloadStore)?
        /// The clock of sweeps and retention; `nil` for the process's clock.
        package var upkeepClock: (any HostClock)?
        /// The limits of messages from outside.
        package var limits = WireLimits()
        /// Puts another runner of orchestrators in the place of the process's own.
        package var changeRunner: @Sendable (any OrchestratorRunner) -> any OrchestratorRunner = { $0 }

        package init(
            names: TaskHubName, configuration: HostConfiguration, functions: FunctionRegistry, clock: any HostClock,
            transport: any MessageTransport, open: @escaping @Sendable (Int) throws -> any PartitionStore,
            executor: any TaskExecutor, partitionExecutor: any SerialExecutor, random: RandomSource,
            steady: @escaping @Sendable () -> ContinuousClock.Instant,
            answering: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
            episodes: (@Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void)?,
            isDetoured: @escaping @Sendable (Int) -> Bool, remember: @escaping @Sendable (Bool, Int) -> Void,
            report: @escaping @Sendable (String) -> Void, window: Int, routesLocally: Bool,
            logger: Logger, journals: SimulatedJournals? = nil
        ) {
            self.names = names
            self.configuration = configuration
            self.functions = functions
            self.clock = clock
            self.transport = transport
            self.open = open
            self.executor = executor
            self.partitionExecutor = partitionExecutor
            self.random = random
            self.steady = steady
            self.answering = answering
            self.episodes = episodes
            self.isDetoured = isDetoured
            self.remember = remember
            self.report = report
            self.window = window
            self.routesLocally = routesLocally
            self.logger = logger
            self.journals = journals
        }
    }

    private let parts: Parts
    private let stop = StopFlag()
    private let stopResults = StopFlag()
    private let publisher: ReliablePublisher
    private let table = OwnedPartitions()
    private var runners: [PartitionRunner] = []
    private var runs: [Task<Void, Never>] = []
    private var loops: [Task<Void, Never>] = []
    /// The partitions' files, while this process follows, or waits for its turn.
    private var followers: [PartitionFollower] = []
    private let hasTurn = StopFlag()

    /// Opens the stores and begins to work.
    package init(_ parts: Parts) throws {
        self.parts = parts
        publisher = ReliablePublisher(
            transport: parts.transport, clock: parts.clock, random: parts.random, logger: parts.logger)
        if let journals = parts.journals {
            if journals.follows { follow(journals) } else { begin(journals) }
        } else {
            begin(on: try (0..<parts.configuration.partitionCount).map { try parts.open($0) })
        }
    }

    private func begin(on stores: [any PartitionStore]) {
        let count = parts.configuration.partitionCount
        let keys = PartitionKeys(partitionCount: count)
        for store in stores { keys.add(store.identity.partition, secret: store.identity.secret.bytes) }
        let wires = stores.map { wire($0.identity, keys) }
        let relayWire = wire(nil, keys)
        work(on: stores, wires, relayWire)
        read(wires, relayWire)
    }

    /// Opens the stores at their places in their journals, and begins to work on them.
    private func begin(_ journals: SimulatedJournals) {
        let parts = parts
        begin("opening", 0..<parts.configuration.partitionCount, journals) { partition in
            try await journals.open(partition, parts)
        }
    }

    /// Gets the stores one after the other, and begins to work on them.
    private func begin(
        _ name: String, _ partitions: Range<Int>, _ journals: SimulatedJournals,
        _ store: @escaping @Sendable (_ partition: Int) async throws -> JournaledStore
    ) {
        loops.append(
            task(name) { [self] in
                var stores: [JournaledStore] = []
                do {
                    for partition in partitions {
                        let store = try await store(partition)
                        store.setSnapshotDuty(journals.isFollowed() ? .ofFollower : .ofOwner)
                        stores.append(store)
                        journals.opened(partition, store.identity.storeID)
                    }
                } catch {
                    for store in stores { store.close() }
                    return journals.failed(error)
                }
                guard !Task.isCancelled, !stop.isSet else { return stores.forEach { $0.close() } }
                begin(on: stores)
            })
    }

    /// Opens the stores, and keeps them at the ends of their journals.
    private func follow(_ journals: SimulatedJournals) {
        let parts = parts
        for partition in 0..<parts.configuration.partitionCount {
            let follower = PartitionFollower(
                nil, random: parts.random, logger: parts.logger, executor: parts.executor, steady: parts.steady
            ) { try await journals.open(partition, parts) }
            followers.append(follower)
            loops.append(
                task("following") { [hasTurn] in
                    while !hasTurn.isSet {
                        await follower.follow(true)
                        guard !hasTurn.isSet else { return }
                        if let store = follower.current {
                            journals.opened(partition, store.identity.storeID)
                            store.setSnapshotDuty(.ofThis)
                            let end = OneShot<Void>()
                            store.observeFailure { _ in end.set(()) }
                            await end.value
                        }
                        try await parts.clock.pause(of: .milliseconds(500))()
                    }
                })
        }
    }

    /// Takes the partitions over from another process, as the next consumer of their queues.
    package func takeTurn() {
        guard let journals = parts.journals, !hasTurn.isSet else { return }
        hasTurn.set()
        begin("taking over", followers.indices, journals) { [followers] partition in
            try await followers[partition].hold()
        }
    }

    private func wire(_ identity: PartitionIdentity?, _ keys: PartitionKeys) -> PartitionWire {
        PartitionWire(
            names: parts.names, configuration: parts.configuration, identity: identity, keys: keys)
    }

    private func work(on stores: [any PartitionStore], _ wires: [PartitionWire], _ relayWire: PartitionWire) {
        let parts = parts
        let configuration = parts.configuration
        let router = LocalRouter(decode: relayWire.decode, canSpill: true)
        let ledger = CrashLedger(
            parts.journals?.record ?? FlightRecord(), limit: configuration.messages.maximumHostDeaths,
            now: parts.clock.now,
            logger: parts.logger)
        let limiter = Limiter(configuration.partitionCount)
        let hearing = WorkerHearing(over: parts.transport, clock: parts.clock)
        let orchestrators = parts.changeRunner(
            LocalOrchestratorRunner(functions: parts.functions, logger: parts.logger))
        let parked = ParkedDestinations()
        for (number, wire) in wires.enumerated() {
            var setup = PartitionSetup(
                partition: number, names: parts.names, configuration: configuration, runner: orchestrators,
                functions: parts.functions, clock: parts.clock, publisher: publisher, limiter: limiter,
                hearing: hearing, crashGuard: CrashGuard(ledger, partition: number), wire: wire,
                logger: parts.logger, parked: parked, outboxLimit: configuration.messages.maximumOutboxRows)
            setup.random = parts.random
            setup.answering = parts.answering
            setup.episodes = parts.episodes.map {
                LateEpisodeExecutor(orchestrators, functions: parts.functions, later: $0)
            }
            setup.executor = parts.partitionExecutor
            setup.upkeep = upkeep
            setup.payloads = claims.map {
                EpisodePayloads(claims: $0, foreignActivities: [], logger: parts.logger)
            }
            let runner = PartitionRunner(setup: setup, open: { try await Self.reopen(number, parts) }) { mailbox in
                OutboxDispatcher(
                    names: parts.names, transport: parts.transport, clock: parts.clock, local: router,
                    mailbox: mailbox, unknownActivityGrace: configuration.graces.unknownActivity,
                    settleDelay: .milliseconds(20), window: .init(messages: parts.window, bytes: 1 << 20), wire: wire,
                    parked: parked, partition: number, random: parts.random, logger: parts.logger)
            }
            if parts.routesLocally { router.own(key: parts.names.partitionKey(number), runner.mailbox) }
            runners.append(runner)
            table.own(.init(runner, wire: wire))
            let store = stores[number]
            runs.append(
                task("partition \(number)") {
                    do {
                        try await runner.run(store)
                    } catch let error as HostError {
                        guard let journals = parts.journals else { throw error }
                        journals.ended(number, error)
                    }
                })
        }
        parts.transport.observeBlocking { [table] reason in table.block(reason != nil) }
    }

    /// The payload folder; `nil` in a hub without one.
    private var claims: ClaimCheck? {
        parts.payloads.map { ClaimCheck($0, threshold: parts.configuration.payloads.threshold) }
    }

    private var upkeep: Upkeep { Upkeep(clock: parts.upkeepClock, isInline: true) }

    private static func reopen(_ partition: Int, _ parts: Parts) async throws -> any PartitionStore {
        guard let journals = parts.journals else { return try parts.open(partition) }
        try journals.mayClaim()
        let store = try await journals.open(partition, parts)
        store.setSnapshotDuty(journals.isFollowed() ? .ofFollower : .ofOwner)
        return store
    }

    /// The partitions that this process believes to own according to what it has read of their journals.
    package var owned: [Int] {
        runners.filter { runner in
            (runner.loopForTest?.store as? JournaledStore)?.isOwning ?? false
        }.map(\.partition)
    }

    /// Reads the queues of the partitions and of the intake, as `OrchestratorRole` does.
    private func read(_ wires: [PartitionWire], _ relayWire: PartitionWire) {
        let parts = parts
        let names = parts.names
        let count = parts.configuration.partitionCount
        var intakes: [Int: PartitionIntake] = [:]
        for (number, wire) in wires.enumerated() {
            let mailbox = runners[number].mailbox
            let inbox = PartitionInbox(wire: wire, mailbox: mailbox, logger: parts.logger)
            loop(names.partitionQueue(number, of: count), stopResults) { try await inbox.run($0, stop: $1) }
            let intake = PartitionIntake(
                partition: number, mailbox: mailbox, limit: parts.configuration.messages.prefetch / (2 * count),
                isDetoured: parts.isDetoured(number), wire: DetourWire(names: names, wire: wire, random: parts.random),
                publisher: publisher, remember: { parts.remember($0, number) }, steady: parts.steady,
                logger: parts.logger)
            intakes[number] = intake
            let reader = DetourReader(
                partition: number, wire: intake.wire, owned: table, intake: intake, logger: parts.logger)
            loop(names.detourQueue(number, of: count), stop) { try await reader.run($0, stop: $1) }
        }
        let decoder = IntakeDecoder(
            hub: names, limits: parts.limits, replies: ReplyRules(), knows: { parts.functions.runs(orchestration: $0) },
            now: { parts.clock.now },
            newID: {
                var entropy = Entropy(parts.random)
                return entropy.executionID()
            })
        let large = claims.map {
            LargeIntake(claims: $0, decoder: decoder, clock: parts.clock, upkeep: upkeep, logger: parts.logger)
        }
        let relay = IntakeRelay(
            decoder: decoder, large: large, wire: relayWire, partitions: intakes, publisher: publisher,
            clock: parts.clock,
            logger: parts.logger, watch: parts.clock)
        for queue in [names.queryQueue, names.intakeQueue] {
            loop(queue, stop) { try await relay.run($0, stop: $1) }
        }
    }

    private func loop(
        _ queue: String, _ stop: StopFlag,
        _ run: @escaping @Sendable (any MessageSubscription, StopFlag) async throws -> Void
    ) {
        let parts = parts
        loops.append(
            task(queue) {
                let subscription = try await parts.transport.consume(
                    queue, prefetch: parts.configuration.messages.prefetch)
                try await run(subscription, stop)
            })
    }

    private func task(_ what: String, _ body: @escaping @Sendable () async throws -> Void) -> Task<Void, Never> {
        let report = parts.report
        return Task(executorPreference: parts.executor) {
            do {
                try await body()
            } catch is CancellationError {
                // The process is dead.
            } catch {
                report("\(what) ended: \(error)")
            }
        }
    }

    /// Abandons the process as if it had died: its running tasks continue to their end, and its parts must ensure that
    /// they have no effect.
    package func abandon() {
        for task in loops + runs { task.cancel() }
        publisher.stop()
    }

    /// Stops in the order of `HostParts`.
    ///
    /// - Parameter ended: called when everything that was taken is durable.
    package func stop(_ ended: @escaping @Sendable () -> Void) {
        stop.set()
        let (runners, runs, publisher, stopResults) = (runners, runs, publisher, stopResults)
        loops.append(
            task("stopping") {
                await publisher.idle(within: .seconds(5))
                stopResults.set()
                for runner in runners {
                    (runner.loopForTest?.store as? JournaledStore)?.release(to: "")
                    runner.stop()
                }
                for run in runs { await run.value }
                await publisher.idle(within: .seconds(5))
                publisher.stop()
                ended()
            })
    }

    /// Plants a bug: opens an answered activity again.
    package func reopenForTest(_ task: Int, of instanceID: String, partition: Int) {
        guard runners.indices.contains(partition), let loop = runners[partition].loopForTest else { return }
        loops.append(self.task("reopening") { await loop.reopenForTest(task, of: instanceID) })
    }
}

extension PartitionLoop {
    fileprivate func reopenForTest(_ task: Int, of instanceID: String) {
        machine.reopenForTest(task, of: instanceID)
    }
}
