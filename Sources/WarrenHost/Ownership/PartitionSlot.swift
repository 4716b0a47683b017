import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// A partition on one of several hosts: it follows the partition's journal, and owns the partition at times.
///
/// 1. Open the file at its place in the journal, and follow the journal.
/// 2. Get in line for the partition's queue, and wait for this host's turn (`TurnQueue`).
/// 3. Claim the partition: read the journal up to the own claim. What was delivered meanwhile waits.
/// 4. Work, until another host claims the partition, the journal gives no answer, or the host stops.
/// 5. Drop what is in memory and get out of line, which gives the next host its turn. Begin anew.
///
/// Only the journal decides who owns the partition: a host that works although it is not its turn any more appends
/// records that count for nobody.
final class PartitionSlot: Sendable {
    private struct State {
        var isStopping = false
        var queue: TurnQueue?
        var runner: PartitionRunner?
        /// Ends a pause.
        var pause: OneShot<Void>?
    }

    let partition: Int
    private let names: TaskHubName
    private let configuration: HostConfiguration
    private let factory: PartitionFactory
    private let presence: PartitionPresence
    private let detour: DetourReader
    private let clock: any HostClock
    private let random: RandomSource
    private let logger: Logger
    private let open: @Sendable () async throws -> any PartitionStore
    private let state = Mutex(State())
    private let stopReading = StopFlag()

    /// The time of work after which pauses are short again.
    private static let calm = Duration.seconds(30)

    init(
        partition: Int, names: TaskHubName, configuration: HostConfiguration, factory: PartitionFactory,
        presence: PartitionPresence, detour: DetourReader, clock: any HostClock, random: RandomSource, logger: Logger,
        open: @escaping @Sendable () async throws -> any PartitionStore
    ) {
        self.partition = partition
        self.names = names
        self.configuration = configuration
        self.factory = factory
        self.presence = presence
        self.detour = detour
        self.clock = clock
        self.random = random
        self.logger = logger
        self.open = open
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Runs until stopped.
    ///
    /// - Parameter store: open and following; later ones are opened when needed.
    /// - Throws: `HostError` with the code `storage` when this host can do nothing for the partition: that was logged.
    func run(_ store: any PartitionStore) async throws {
        var next: (any PartitionStore)? = store
        var failures = 0
        while true {
            let started = clock.now
            do {
                let store: any PartitionStore
                if let first = next { store = first } else { store = try await open() }
                next = nil
                try await own(store)
                return
            } catch let error as StorageError {
                // A damaged file was removed: the next opening makes it anew from the journal.
                let passes = [.overtaken, .corrupt].contains(error.code) || error.reach != .file
                guard passes else { throw giveUp(error) }
                note(error)
            } catch let error as MessagingError {
                logger.error("A partition's queue cannot be consumed", metadata: ["error": "\(error)"])
            }
            try Task.checkCancellation()
            if isStopping { return }
            if clock.now.duration(since: started) > Self.calm { failures = 0 }
            failures += 1
            await pause(Backoff.reopening.pause(afterAttempt: failures, random: random.fraction()))
            if isStopping { return }
        }
    }

    /// Steps 2 to 5: returns when the host stops.
    private func own(_ store: any PartitionStore) async throws {
        let queue: TurnQueue
        do {
            queue = try await TurnQueue(
                names.partitionQueue(partition, of: configuration.partitionCount), prefetch: configuration.prefetch,
                on: factory.transport, clock: clock)
        } catch {
            store.close()
            throw error
        }
        let isStopping = state.withLock { state in
            state.queue = queue
            return state.isStopping
        }
        do {
            if !isStopping, try await queue.turn() {
                try await work(on: store, queue)
            } else {
                store.close()
            }
            await end(queue)
        } catch {
            store.close()
            await end(queue)
            throw error
        }
    }

    private func end(_ queue: TurnQueue) async {
        state.withLock { $0.queue = nil }
        await queue.close()
    }

    /// Steps 3 and 4.
    private func work(on store: any PartitionStore, _ queue: TurnQueue) async throws {
        let (runner, wire) = try factory.makeRunner(partition, of: store.identity, open: nil)
        let isStopping = state.withLock { state in
            state.runner = runner
            return state.isStopping
        }
        if isStopping {
            state.withLock { $0.runner = nil }
            return store.close()
        }
        presence.enter(runner, wire: wire)
        let inbox = PartitionInbox(wire: wire, mailbox: runner.mailbox, logger: logger)
        let detourQueue = names.detourQueue(partition, of: configuration.partitionCount)
        let detoured: any MessageSubscription
        do {
            detoured = try await factory.transport.consume(detourQueue, prefetch: configuration.prefetch)
        } catch {
            state.withLock { $0.runner = nil }
            presence.leave()
            throw error
        }
        let readers = [
            reader(runner) { [stopReading] in try await inbox.run(queue, stop: stopReading) },
            reader(runner) { [detour, stopReading] in try await detour.run(detoured, stop: stopReading) },
        ]
        let result: Result<Void, any Error>
        do { result = .success(try await runner.run(store)) } catch { result = .failure(error) }
        state.withLock { $0.runner = nil }
        presence.leave()
        // What is not acknowledged returns to the queues, for the next owner.
        await queue.close()
        await detoured.close()
        var failure: (any Error)?
        for reader in readers { failure = await reader.value ?? failure }
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

    // MARK: Stopping

    /// Does not take the partition any more. One that is owned goes on until `stop`.
    func stopClaiming() {
        let (queue, pause) = state.withLock { state in
            state.isStopping = true
            return (state.runner == nil ? state.queue : nil, state.pause)
        }
        pause?.set(())
        if let queue { Task { await queue.close() } }
    }

    /// Finishes the inputs that were taken, then makes `run` return.
    func stop() {
        stopClaiming()
        stopReading.set()
        presence.beginLeaving()
        state.withLock { $0.runner }?.stop()
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
            logger.notice("A partition was taken over by another host", metadata: ["reason": "\(error.message)"])
        } else {
            logger.error(
                "A partition's ownership ended; it is claimed again, by whichever host is next in line",
                metadata: ["error": "\(error)"])
        }
    }

    private func giveUp(_ error: StorageError) -> HostError {
        logger.critical(
            """
            This host can do nothing more for a partition; other hosts go on, and so do this host's other partitions. \
            Without another host, what is sent to the partition's instances waits in its queues
            """, metadata: ["error": "\(error)", "file": "\(error.path ?? "")"])
        return HostError(.storage, "Partition \(partition) cannot go on: \(error)", cause: error)
    }
}
