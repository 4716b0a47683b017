import Logging
import ServiceLifecycle
import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// The parts of a running host, and the order in which they stop.
struct HostParts: Sendable {
    /// One partition, its first store open.
    struct Partition: Sendable {
        var runner: PartitionRunner
        var store: any PartitionStore
        var wire: PartitionWire
        /// Passes on messages from outside; set once the intake is known.
        var intake: PartitionIntake?
    }

    var partitions: [Partition] = []
    /// The partitions that this host shares with others.
    var slots: [PartitionSlot] = []
    /// Shares the slots' partitions with other hosts.
    var sharing: HostSharing?
    var loops: [RoleLoop] = []
    var activities: ActivityRole?
    /// Records what the partitions work on, beyond the end of the process.
    var crashLedger: CrashLedger?
    /// The owners of the partitions, which record the files' last commits.
    var ownerships: [PartitionOwnership] = []
    let metrics: HostMetrics
    /// The metrics of each partition of the hub.
    var partitionMetrics: [PartitionMetrics] = []
    let publisher: ReliablePublisher
    let stop: StopFlag

    init(metrics: HostMetrics = .none, publisher: ReliablePublisher, stop: StopFlag) {
        self.metrics = metrics
        self.publisher = publisher
        self.stop = stop
    }

    mutating func open(partitions: [Partition]) {
        self.partitions = partitions
    }

    func closeStores() async {
        for partition in partitions { partition.store.close() }
        for slot in slots { await slot.close() }
    }

    /// Runs until the service group shuts down, the task is cancelled, or something fails for good.
    ///
    /// The parts run in tasks of their own, because an activity that ignores cancellation must not keep the process
    /// from ending: after the grace period it is abandoned, and its work item goes back to the queue.
    func run(gracePeriod: Duration, clock: any HostClock, logger: Logger) async -> Result<Void, any Error> {
        let end = OneShot<Result<Void, any Error>>()
        let stopped = StoppedPartitions()
        let runs =
            partitions.map { partition in { @Sendable in try await partition.runner.run(partition.store) } }
            + slots.map { slot in { @Sendable in try await slot.run() } }
        let runners = runs.map { run in
            Task {
                do {
                    try await run()
                } catch let error as HostError where error.code == .storage {
                    // The host continues as long as one of its partitions does.
                    if stopped.add() == runs.count { end.set(.failure(error)) }
                } catch {
                    end.set(.failure(error))
                }
            }
        }
        let shared: Task<Void, Never> = Task { await sharing?.run(slots) }
        let locals: Task<Void, Never> = Task { [stop] in await activities?.runLocal(stop: stop) }
        let stopResults = StopFlag()
        let readers = loops.map { loop in
            Task { [stop] in
                do {
                    try await loop.run(loop.subscription, loop.takesResults ? stopResults : stop)
                } catch  where stop.isSet {
                    // The subscription was closed because the host stops.
                } catch let error as HostError {
                    end.set(.failure(error))
                } catch {
                    end.set(.failure(HostError(.broker, "A queue was taken from this host: \(error)", cause: error)))
                }
            }
        }
        let renewal = Renewal(every: Self.renewalInterval, on: clock) { await noteProgress(logger) }
        // A transport inside the process has nothing that outlives it.
        if ownerships.contains(where: \.transport.outlivesProcess) { renewal.begin() }
        let result = await withTaskCancellationOrGracefulShutdownHandler {
            await end.value
        } onCancelOrGracefulShutdown: {
            end.set(.success(()))
        }

        renewal.end()
        // 1. Take nothing new.
        stop.set()
        sharing?.leave()
        for slot in slots { slot.stopClaiming() }
        // Work that belongs to another host is not continued: that host does the same work from its store.
        if case .failure(let error as HostError) = result, error.code == .ownership {
            for runner in runners { runner.cancel() }
        }
        let drained = OneShot<Bool>()
        let alarm = clock.makeAlarm { drained.set(false) }
        // A part of the period is reserved for work that does not end: everything is to be over within the grace
        // period.
        let reserve = Self.reserve(of: gracePeriod)
        alarm.set(after: gracePeriod - reserve)
        logger.info("The host is stopping", metadata: [LogKey.grace: "\(gracePeriod)"])
        let drain = Task {
            // 2. Finish what runs, and have its results confirmed: without a broker, by our own partitions.
            await activities?.finish()
            await publisher.idle(within: Self.publisherPatience)
            // 3. Make everything that was taken durable, and have its messages confirmed.
            stopResults.set()
            for partition in partitions { partition.runner.stop() }
            for slot in slots { slot.stop() }
            for runner in runners { await runner.value }
            await publisher.idle(within: Self.publisherPatience)
            // The last commits of the files are recorded in a place that an older copy of the directory does not
            // overwrite.
            await Self.wait(for: [Task { await noteProgress(logger) }], atMost: .seconds(2), on: clock)
            drained.set(true)
        }
        _ = await drained.value
        alarm.set(to: nil)
        // 4. Return the rest. The broker cannot dispatch an item under a lease again: its partition has to be notified.
        if let activities {
            let release = Task { await activities.release() }
            await Self.wait(for: [release], atMost: reserve / 4, on: clock)
            release.cancel()
        }
        // Work that still runs is not the cause of the process's end.
        if case .success = result { crashLedger?.end() }
        sharing?.stop()
        for task in [drain, shared, locals] + runners { task.cancel() }
        for task in readers { task.cancel() }
        publisher.stop()
        // They are closed all at once: the broker confirms each, and may not be answering any more.
        let closing = loops.map { loop in Task { await loop.subscription.close() } }
        await Self.wait(for: closing, atMost: Self.closingTime(of: gracePeriod), on: clock)
        // 5. Close the files, so that the next host can open them. Only an orchestrator that never gives up its thread
        // could prevent that; the lock on its file ends with the process.
        await Self.wait(for: runners, atMost: reserve / 4, on: clock)
        return result
    }

    /// Computes the part of a grace period that is reserved for returning work, closing subscriptions, closing files
    /// and closing connections, a quarter for each: normally these take almost no time.
    private static func reserve(of gracePeriod: Duration) -> Duration {
        max(min(gracePeriod / 5, .seconds(4)), min(gracePeriod / 2, .seconds(2)))
    }

    /// Computes the time that subscriptions, and connections, may take to close: never less than a moment, however
    /// short the period.
    static func closingTime(of gracePeriod: Duration) -> Duration {
        max(reserve(of: gracePeriod) / 4, .milliseconds(500))
    }

    /// The time for which a host that stops waits for a broker that confirms nothing. Messages that are not confirmed
    /// are in a store, or are delivered again.
    private static let publisherPatience = Duration.seconds(5)

    /// The interval at which a running host records its files' last commits in the broker.
    private static let renewalInterval = Duration.seconds(600)

    private func noteProgress(_ logger: Logger) async {
        await withTaskGroup(of: Void.self) { group in
            for ownership in ownerships where ownership.transport.outlivesProcess {
                group.addTask {
                    do {
                        try await ownership.noteProgress()
                    } catch {
                        // The next renewal records it; until then an older copy is detected by an older number.
                        logger.debug(
                            "How far a partition has come was not noted",
                            metadata: [LogKey.partition: "\(ownership.partition)", LogKey.error: "\(error)"])
                    }
                }
            }
        }
    }

    /// Waits for tasks, but for a limited time.
    static func wait(for tasks: [Task<Void, Never>], atMost time: Duration, on clock: any HostClock) async {
        let ended = OneShot<Void>()
        let patience = clock.makeAlarm { ended.set(()) }
        patience.set(after: time)
        let waiting = Task {
            for task in tasks { await task.value }
            ended.set(())
        }
        await ended.value
        patience.set(to: nil)
        waiting.cancel()
    }
}

/// Counts the partitions that cannot continue.
private final class StoppedPartitions: Sendable {
    private let count = Atomic(0)

    /// - Returns: their new number.
    func add() -> Int { count.add(1, ordering: .relaxed).newValue }
}
