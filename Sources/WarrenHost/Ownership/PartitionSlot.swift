import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// A partition on one of several hosts: it follows the partition's journal, and owns the partition at times.
///
/// 1. Follow the journal with the file, if this host is to be ready to take the partition over (`PartitionFollower`).
/// 2. Get in line for the partition's queue, and wait for this host's turn (`TurnQueue`). If another host should
///    have the partition, this one gets out of line and in again, so that the next one has its turn. A host that does not
///    follow opens its file now, and catches up.
/// 3. Claim the partition: read the journal up to the own claim. What was delivered meanwhile waits.
/// 4. Work, until another host claims the partition, the journal gives no answer, the partition is moved, or the host
///    stops. A planned end is written to the journal, so that this host is not believed to be gone.
/// 5. Drop what is in memory and get out of line, which gives the next host its turn. Begin anew.
///
/// Only the journal decides who owns the partition: a host that works although it is not its turn any more appends
/// records that count for nobody.
final class PartitionSlot: Sendable {
    private struct State {
        var isStopping = false
        var queue: TurnQueue?
        /// Ends a pause.
        var pause: OneShot<Void>?
        var tenure: Tenure?
        /// The reason why this host does nothing more for the partition.
        var failure: String?
        /// The record that the partition's file did not take last, and how often in a row.
        var refused: (record: Int64, times: Int)?
    }

    /// One ownership of the partition.
    private final class Tenure: Sendable {
        let runner: PartitionRunner
        let store: JournaledStore
        let stopReading = StopFlag()
        let end = OneShot<Void>()

        init(_ runner: PartitionRunner, _ store: JournaledStore) {
            self.runner = runner
            self.store = store
        }
    }

    let partition: Int
    private let names: TaskHubName
    private let configuration: HostConfiguration
    private let factory: PartitionFactory
    private let presence: PartitionPresence
    private let detour: DetourReader
    private let sharing: HostSharing
    private let clock: any HostClock
    private let random: RandomSource
    private let logger: Logger
    private let follower: PartitionFollower
    private let state = Mutex(State())

    /// The time of work after which pauses are short again.
    private static let calm = Duration.seconds(30)
    /// A host that has given up its turn takes the next one within this time, even if another host should have it.
    private static let patience = Duration.seconds(1)
    /// The pause before a host that has given up its turn gets in line again.
    private static let pauseAfterPassing = Duration.milliseconds(300)
    /// The pause of a host that cannot run what is open in the partition.
    private static let pauseOfIncapable = Duration.seconds(3)
    /// The number of attempts at a record that the file does not take. After the first, the file is made anew from the
    /// journal, so that it is not the file's fault.
    private static let mostRefusals = 3

    init(
        partition: Int, names: TaskHubName, configuration: HostConfiguration, factory: PartitionFactory,
        presence: PartitionPresence, detour: DetourReader, sharing: HostSharing, clock: any HostClock,
        random: RandomSource, logger: Logger, follower: PartitionFollower
    ) {
        self.partition = partition
        self.names = names
        self.configuration = configuration
        self.factory = factory
        self.presence = presence
        self.detour = detour
        self.sharing = sharing
        self.clock = clock
        self.random = random
        self.logger = logger
        self.follower = follower
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// What this host owns of the partition, if it owns it.
    var ownership: HostBeat.Ownership? {
        guard let store = state.withLock({ $0.tenure?.store }), store.isOwning, let position = store.position else {
            return nil
        }
        return HostBeat.Ownership(
            partition: partition, epoch: position.epoch, unsavedBytes: position.unsavedBytes)
    }

    /// The inputs that wait for the partition, if this host owns it.
    var mailbox: PartitionMailbox? { state.withLock { $0.tenure?.runner.mailbox } }

    /// The open store, whether this host owns the partition or follows it.
    var store: JournaledStore? { state.withLock { $0.tenure?.store } ?? follower.current }

    /// The condition of the partition on this host, for people.
    var condition: Condition {
        let (tenure, failure) = state.withLock { ($0.tenure, $0.failure) }
        if let failure { return .failed(failure) }
        if let tenure { return tenure.store.isOwning ? .owned : .claiming }
        if follower.current != nil { return .following }
        return follower.isResting ? .resting : .notFollowing
    }

    /// Whether this host reads the partition's journal.
    var isFollowing: Bool { follower.current != nil }

    /// The orchestrations of the partition's open instances, as far as this host has read; `nil` if it cannot tell.
    var openOrchestrations: Set<String>? {
        guard let store = follower.current else { return nil }
        do {
            return Set(try store.openInstances().keys).subtracting(configuration.orchestrations.retired)
        } catch {
            return nil
        }
    }

    /// Follows the partition's journal or lets it be, while this host does not own the partition.
    func follow(_ isWanted: Bool) {
        guard isFollowing != isWanted else { return }
        Task { [follower] in await follower.follow(isWanted) }
    }

    /// Notes which host makes the partition's snapshots.
    func setSnapshotDuty(_ duty: SnapshotDuty) {
        (state.withLock { $0.tenure?.store } ?? follower.current)?.setSnapshotDuty(duty)
    }

    /// Runs until stopped.
    ///
    /// - Throws: `HostError` with the code `storage` when this host can do nothing for the partition: that was logged.
    func run() async throws {
        do {
            try await runUntilStopped()
        } catch {
            if error is HostError { state.withLock { $0.failure = "\(error)" } }
            await follower.stop()
            throw error
        }
        await follower.stop()
    }

    /// Closes the store of a slot that is not run.
    func close() async { await follower.stop() }

    private func runUntilStopped() async throws {
        var failures = 0
        while true {
            let started = clock.now
            do {
                try await serve()
                if isStopping { return }
                failures = 0
                continue
            } catch let error as StorageError {
                // A damaged file was removed: the next opening makes it anew from the journal.
                let passes = [.overtaken, .corrupt].contains(error.code) || error.reach != .file
                guard passes else { throw giveUp(error) }
                note(error)
            } catch let error as MessagingError {
                logger.error("A partition's queue cannot be consumed", metadata: [LogKey.error: "\(error)"])
            }
            try Task.checkCancellation()
            if isStopping { return }
            if clock.now.duration(since: started) > Self.calm { failures = 0 }
            failures += 1
            await pause(Backoff.reopening.pause(afterAttempt: failures, random: random.fraction()))
            if isStopping { return }
        }
    }

    /// Steps 2 to 5: returns when an ownership has ended as planned, or the host stops.
    private func serve() async throws {
        var passed: ContinuousClock.Instant?
        while true {
            let queue = try await TurnQueue(
                names.partitionQueue(partition, of: configuration.partitionCount),
                prefetch: configuration.messages.prefetch,
                on: factory.transport, clock: clock)
            let isStopping = state.withLock { state in
                state.queue = queue
                return state.isStopping
            }
            do {
                guard !isStopping, try await queue.turn(), !self.isStopping else { return await end(queue) }
                guard let pause = try await take(queue, passed) else { return await end(queue) }
                await end(queue)
                passed = .now
                await self.pause(pause)
                if self.isStopping { return }
            } catch {
                await end(queue)
                throw error
            }
        }
    }

    /// Owns the partition in this host's turn.
    ///
    /// - Returns: the pause for which to get out of line, if this host should not have its turn; otherwise `nil`, when
    ///   the ownership has ended as planned.
    private func take(_ queue: TurnQueue, _ passed: ContinuousClock.Instant?) async throws -> Duration? {
        // One that follows is faster.
        if follower.current == nil, !hasPassed(passed), sharing.isFollowedElsewhere(partition) {
            return Self.pauseAfterPassing
        }
        do {
            let store = try await follower.hold()
            if let pause = reasonToPass(store, passed) {
                await follower.release(isUsed: false)
                return pause
            }
            try await work(on: store, queue)
        } catch {
            await follower.release(isUsed: true)
            throw error
        }
        await follower.release(isUsed: true)
        if !isStopping { Task { [follower] in await follower.resume() } }
        return nil
    }

    private func hasPassed(_ passed: ContinuousClock.Instant?) -> Bool {
        passed.map { .now - $0 < Self.patience } ?? false
    }

    /// - Returns: the pause for which to get out of line, if this host should not have its turn.
    private func reasonToPass(_ store: JournaledStore, _ passed: ContinuousClock.Instant?) -> Duration? {
        do {
            try OpenInstances.check(
                [store], areRunBy: factory.orchestrators, except: configuration.orchestrations.retired)
        } catch {
            logger.error(
                "This host cannot run what is open in a partition, and leaves it to others",
                metadata: [LogKey.error: "\(error)"])
            return Self.pauseOfIncapable
        }
        if hasPassed(passed) { return nil }
        guard let host = sharing.rightful(partition, after: store.succession) else { return nil }
        logger.debug("A partition is passed on", metadata: [LogKey.to: "\(host)"])
        return Self.pauseAfterPassing
    }

    private func end(_ queue: TurnQueue) async {
        state.withLock { $0.queue = nil }
        await queue.close()
    }

    /// Steps 3 and 4.
    private func work(on store: JournaledStore, _ queue: TurnQueue) async throws {
        let (runner, wire) = try factory.makeRunner(partition, of: store.identity, open: nil)
        let detourQueue = names.detourQueue(partition, of: configuration.partitionCount)
        let detoured = try await factory.transport.consume(detourQueue, prefetch: configuration.messages.prefetch)
        let tenure = Tenure(runner, store)
        let isStopping = state.withLock { state in
            if !state.isStopping { state.tenure = tenure }
            return state.isStopping
        }
        if isStopping { return await detoured.close() }
        presence.enter(runner, wire: wire)
        let inbox = PartitionInbox(wire: wire, mailbox: runner.mailbox, logger: logger)
        let readers = [
            reader(runner) { try await inbox.run(queue, stop: tenure.stopReading) },
            reader(runner) { [detour] in try await detour.run(detoured, stop: tenure.stopReading) },
        ]
        let result: Result<Void, any Error>
        do { result = .success(try await runner.run(store)) } catch { result = .failure(error) }
        state.withLock { $0.tenure = nil }
        presence.leave()
        // What is not acknowledged returns to the queues, for the next owner.
        await queue.close()
        await detoured.close()
        var failure: (any Error)?
        for reader in readers { failure = await reader.value ?? failure }
        tenure.end.set(())
        if case .failure(let error as StorageError) = result { try noteRefusal(error, by: store) }
        try result.get()
        if let failure, !self.isStopping { throw failure }
    }

    /// Reads a queue. A queue that cannot be read any more ends the ownership.
    private func reader(
        _ runner: PartitionRunner, _ read: @escaping @Sendable () async throws -> Void
    ) -> Task<(any Error)?, Never> {
        Task {
            do {
                try await read()
                return nil
            } catch {
                runner.stop()
                return error
            }
        }
    }

    // MARK: Ending

    /// Gives the partition to another host, and returns when that is done, or the ownership has ended otherwise.
    func move(to host: String) async {
        guard let tenure = state.withLock({ $0.tenure }) else { return }
        logger.info("A partition is moved", metadata: [LogKey.to: "\(host)"])
        finish(tenure, for: host)
        await tenure.end.value
    }

    /// Does not take the partition any more. One that is owned goes on until `stop`.
    func stopClaiming() {
        let (queue, pause) = state.withLock { state in
            state.isStopping = true
            return (state.tenure == nil ? state.queue : nil, state.pause)
        }
        pause?.set(())
        if let queue { Task { await queue.close() } }
    }

    /// Finishes the inputs that were taken, gives the partition to the host that should have it next, and makes `run` return.
    func stop() {
        stopClaiming()
        if let tenure = state.withLock({ $0.tenure }) {
            finish(tenure, for: sharing.successor(of: partition) ?? "")
        }
    }

    private func finish(_ tenure: Tenure, for host: String) {
        tenure.store.release(to: host)
        tenure.stopReading.set()
        presence.beginLeaving()
        tenure.runner.stop()
    }

    private func pause(_ duration: Duration) async {
        let end = OneShot<Void>()
        let isStopping = state.withLock { state in
            state.pause = end
            return state.isStopping
        }
        if isStopping { return }
        let alarm = clock.makeAlarm { end.set(()) }
        alarm.set(after: duration)
        await withTaskCancellationHandler {
            await end.value
        } onCancel: {
            end.set(())
        }
        alarm.set(to: nil)
    }

    // MARK: Telling

    private func note(_ error: StorageError) {
        if error.code == .overtaken {
            logger.notice("A partition was taken over by another host", metadata: [LogKey.reason: "\(error.message)"])
        } else {
            logger.error(
                "A partition's ownership ended; it is claimed again, by whichever host is next in line",
                metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Notes that the file did not take a record that counts, and ends the work on the partition when it never does: no
    /// host can go on behind that record, and each attempt costs the making of the file.
    private func noteRefusal(_ error: StorageError, by store: JournaledStore) throws(StorageError) {
        guard error.code == .misuse, let record = store.refusedRecord else { return }
        let times = state.withLock { state in
            let times = state.refused.map { $0.record == record ? $0.times + 1 : 1 } ?? 1
            state.refused = (record, times)
            return times
        }
        guard times >= Self.mostRefusals else { return }
        throw StorageError(
            .journal,
            "The partition's file does not take the record at offset \(record) of the journal, also when it is made anew: "
                + "\(error.message) No host can go on behind it, which is a fault of Warren. Nothing behind it was "
                + "acknowledged, and nothing before it is lost. Keep the files and the journal, and start the hosts again "
                + "with a version that mends it.", path: error.path)
    }

    private func giveUp(_ error: StorageError) -> HostError {
        logger.critical(
            """
            This host can do nothing more for a partition; other hosts go on, and so do this host's other partitions. \
            Without another host, what is sent to the partition's instances waits in its queues
            """, metadata: [LogKey.error: "\(error)", LogKey.file: "\(error.path ?? "")"])
        return HostError(.storage, "Partition \(partition) cannot go on: \(error)", cause: error)
    }
}
