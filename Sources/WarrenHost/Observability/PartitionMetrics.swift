import CoreMetrics
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// The metrics of one partition of a host, made once and kept, however often the partition comes and goes.
final class PartitionMetrics: Sendable {
    /// Metrics that nobody sees.
    static var none: PartitionMetrics { PartitionMetrics(.none, partition: 0) }

    let host: HostMetrics
    private let roundInputs: Recorder
    private let roundsInFlight, mailboxDepth, outboxRows, parkedRows, outboxAge, held: Meter
    private let commitDuration: Timer
    private let storeFailures: Counter
    private let intakeClosed, timersClosed: FloatingPointCounter
    private let readsFromMemory, readsFromFile: Counter
    private let fileBytes, logBytes, owned, parkedInstances: Meter
    /// Of a hub with journals only.
    private let journal: Journal?

    private struct Journal: Sendable {
        let offset, lag, unapplied, unsaved: Meter
    }

    private struct State {
        /// `nil` while no loop works on the partition.
        var load: PartitionLoad?
        /// The number of inputs that waited at the last round.
        var mailbox = 0
        /// The time up to which a closed gate is counted; `nil` while it is open.
        var intakeCounted: ContinuousClock.Instant?
        var timersCounted: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    /// What people are shown who ask the partition, whether or not metrics are collected.
    private let recent = RecentWork()
    /// The number of commits that have begun and not ended.
    private let commits = Atomic(0)

    init(_ host: HostMetrics, partition: Int) {
        self.host = host
        let (factory, hub) = (host.factory, host.hub)
        let number = "\(partition)"
        func gauge(_ definition: MetricDefinition) -> Meter { definition.gauge(factory, hub, number) }
        roundInputs = MetricTable.roundInputs.sizes(factory, hub, number)
        roundsInFlight = gauge(MetricTable.roundsInFlight)
        mailboxDepth = gauge(MetricTable.mailboxDepth)
        outboxRows = gauge(MetricTable.outboxRows)
        parkedRows = gauge(MetricTable.parkedRows)
        outboxAge = gauge(MetricTable.outboxAge)
        held = gauge(MetricTable.held)
        commitDuration = MetricTable.commitDuration.timer(factory, hub, number)
        storeFailures = MetricTable.storeFailures.counter(factory, hub, number)
        intakeClosed = MetricTable.gateClosed.seconds(factory, hub, number, "intake")
        timersClosed = MetricTable.gateClosed.seconds(factory, hub, number, "timers")
        readsFromMemory = MetricTable.statusReads.counter(factory, hub, number, "memory")
        readsFromFile = MetricTable.statusReads.counter(factory, hub, number, "file")
        fileBytes = gauge(MetricTable.fileBytes)
        logBytes = gauge(MetricTable.logBytes)
        owned = gauge(MetricTable.partitionOwned)
        parkedInstances = gauge(MetricTable.instancesParked)
        journal =
            host.hasJournals
            ? Journal(
                offset: gauge(MetricTable.journalOffset), lag: gauge(MetricTable.journalLag),
                unapplied: gauge(MetricTable.journalUnapplied), unsaved: gauge(MetricTable.journalUnsaved)) : nil
    }

    // MARK: - A round

    /// Notes the beginning of a round.
    func roundBegan(inputs: Int) { roundInputs.record(inputs) }

    /// Notes timers that fired, by how late they were.
    func timersFired(_ lateness: [Duration]) {
        for lateness in lateness { host.timerLateness.recordNanoseconds(lateness.nanoseconds) }
    }

    /// Notes that a round's commit is about to be handed to the store.
    ///
    /// - Returns: the time.
    func commitBegan() -> ContinuousClock.Instant {
        roundsInFlight.set(commits.add(1, ordering: .relaxed).newValue)
        return .now
    }

    /// Notes the end of a commit.
    func committed(_ result: Result<Void, StorageError>, since start: ContinuousClock.Instant) {
        roundsInFlight.set(commits.subtract(1, ordering: .relaxed).newValue)
        // The time until a failure says nothing about commits; failures are counted once per store.
        guard case .success = result else { return }
        let time = start.nanosecondsAgo
        commitDuration.recordNanoseconds(time)
        recent.committed(nanoseconds: Int64(clamping: time))
    }

    /// Notes that a status was given past the partition, from what is in memory.
    func readFromMemory() { readsFromMemory.increment() }

    /// Notes that a status is read past the partition, from its file.
    func readFromFile() { readsFromFile.increment() }

    /// Notes that the store has failed.
    func storeFailed() { storeFailures.increment() }

    /// Notes a turn of an orchestrator.
    func episode(_ request: EpisodeRequest, _ outcome: EpisodeOutcome?, since start: ContinuousClock.Instant) {
        recent.ran(isInMemory: request.session != nil)
        host.episode(request, outcome, since: start)
    }

    // MARK: - Load

    /// Notes the load before a round.
    func note(_ load: PartitionLoad, mailbox: Int, at now: Timestamp) {
        state.withLock { state in
            state.load = load
            state.mailbox = mailbox
            count(&state)
        }
        show(load, mailbox: mailbox, at: now)
    }

    /// Notes that no loop works on the partition any more.
    func ended() {
        state.withLock { state in
            // A gate of a partition that is not here is not closed.
            state.load?.takesIntake = true
            state.load?.firesTimers = true
            count(&state)
            state.load = nil
        }
        show(PartitionLoad(), mailbox: 0, at: Timestamp(microseconds: 0))
    }

    /// Brings up to date what changes while nothing happens.
    ///
    /// - Parameter mailbox: the number of inputs that wait.
    func collect(mailbox: Int, at now: Timestamp) {
        let load = state.withLock { state in
            count(&state)
            return state.load
        }
        if let load { show(load, mailbox: mailbox, at: now) }
    }

    /// The recent work and the load, for people.
    func figures(at now: Timestamp) -> PartitionFigures {
        let (load, mailbox) = state.withLock { ($0.load ?? PartitionLoad(), $0.mailbox) }
        let summary = recent.summary()
        return PartitionFigures(
            seconds: summary.seconds, commits: summary.commits, commitMedian: summary.commitMedian,
            commit99: summary.commit99, turns: summary.turns, turnsInMemory: summary.turnsInMemory,
            outboxRows: load.outboxRows, outboxOldest: load.oldestRow.map { max(0, now.duration(since: $0).inSeconds) },
            mailbox: mailbox)
    }

    private func show(_ load: PartitionLoad, mailbox: Int, at now: Timestamp) {
        mailboxDepth.set(mailbox)
        outboxRows.set(load.outboxRows)
        parkedRows.set(load.parkedRows)
        held.set(load.held)
        outboxAge.set(load.oldestRow.map { max(0, now.duration(since: $0).inSeconds) } ?? 0)
    }

    /// Counts for how long gates have been closed.
    private func count(_ state: inout State) {
        func count(_ since: inout ContinuousClock.Instant?, isClosed: Bool, _ counter: FloatingPointCounter) {
            guard isClosed || since != nil else { return }
            let now = ContinuousClock.now
            if let since { counter.increment(by: (now - since).inSeconds) }
            since = isClosed ? now : nil
        }
        count(&state.intakeCounted, isClosed: state.load?.takesIntake == false, intakeClosed)
        count(&state.timersCounted, isClosed: state.load?.firesTimers == false, timersClosed)
    }

    // MARK: - What is read when somebody looks

    func collect(isOwned: Bool) { owned.set(isOwned ? 1 : 0) }

    /// Shows the number of parked instances; 0 where another host owns the partition.
    func collectParked(_ store: (any PartitionStore)?) {
        do {
            parkedInstances.set(try store?.parkedInstances() ?? 0)
        } catch {
            // The failure of a store has a metric of its own, and stands in the log; the number stays as it was last read.
        }
    }

    /// Shows the files of an open store, and its place in the journal; nothing but zeros without one.
    func collect(_ store: (any PartitionStore)?) {
        fileBytes.set(store?.fileBytes() ?? 0)
        logBytes.set(store?.logBytes() ?? 0)
        guard let journal else { return }
        let reading = (store as? JournaledStore)?.reading
        journal.lag.set(reading?.lag.inSeconds ?? 0)
        journal.unapplied.set(reading?.unapplied ?? 0)
        journal.offset.set(reading?.position?.offset ?? 0)
        journal.unsaved.set(reading?.position?.unsavedBytes ?? 0)
    }
}
