import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Keeps a partition running: when its store fails, drops its memory, waits, opens the store again and continues with
/// the inputs that had been taken and were not durable. Meanwhile nothing is acknowledged and nothing is lost.
///
/// A damaged file is not opened again: the partition stops and logs that once, and the host's other partitions
/// continue.
final class PartitionRunner: Sendable {
    private struct State {
        var loop: PartitionLoop?
        /// The store that is being made this process's own.
        var beginning: (any PartitionStore)?
        var isStopping = false
        var isBlocked = false
        var condition = Condition.starting
        /// Ends the pause before the store is opened again; `false` if it is not to be opened.
        var pause: OneShot<Bool>?
    }

    /// The condition of a partition, for people.
    enum Condition: Sendable, Hashable {
        /// Its store is open, and its queue is this host's.
        case starting
        case working
        /// The store failed, and is opened again if that can help.
        case failed(String)

        var isOwned: Bool {
            if case .failed = self { false } else { true }
        }
    }

    /// The number of consecutive times that a store may refuse its input, which is our bug or damage that looks like
    /// one. What is refused is looked for and left out before (`CrashGuard`).
    private static let mostMisuses = 5

    let mailbox: PartitionMailbox
    private let setup: PartitionSetup
    private let open: (@Sendable () async throws -> any PartitionStore)?
    private let makeDispatcher: @Sendable (PartitionMailbox) -> OutboxDispatcher
    private let state = Mutex(State())

    /// - Parameter open: opens the store again, without blocking the thread that it is called on; `nil` if the partition
    ///   ends with its store, because another host may take its place.
    init(
        setup: PartitionSetup, open: (@Sendable () async throws -> any PartitionStore)?,
        makeDispatcher: @escaping @Sendable (PartitionMailbox) -> OutboxDispatcher
    ) {
        self.setup = setup
        mailbox = PartitionMailbox(unseen: setup.unseenWork)
        self.open = open
        self.makeDispatcher = makeDispatcher
    }

    var partition: Int { setup.partition }

    /// The condition of the partition.
    var condition: Condition { state.withLock { $0.condition } }

    /// The store that is open at present.
    var store: (any PartitionStore)? { state.withLock { $0.condition == .working ? $0.loop?.store : nil } }

    /// Reads what is committed; `nil` while nothing works on the partition, and if another host may become its owner
    /// without this one knowing at once.
    var committedReads: CommittedReads? {
        state.withLock { state in
            guard state.condition == .working, let loop = state.loop, loop.journal == nil else { return nil }
            return loop.queries.reads
        }
    }

    /// The loop that works on the partition at present, for a simulation that plants a bug.
    var loopForTest: PartitionLoop? { state.withLock { $0.loop } }

    /// The last commit of the partition's file.
    var lastCommit: CommitMark? {
        state.withLock { $0.loop }?.store.lastCommit
    }

    /// Runs until stopped.
    ///
    /// - Parameter store: already open; later ones are opened when needed.
    /// - Throws: ``HostError`` with the code `storage` when the partition cannot continue because its file is damaged.
    ///   That was logged; the host's other partitions continue. `StorageError` when its store fails and is not opened
    ///   again.
    func run(_ store: any PartitionStore) async throws {
        let storeID = store.identity.storeID
        var store = store
        var failures = 0
        var misuses = 0
        defer { returnToBroker() }
        let thread: any SerialExecutor
        do {
            if let executor = setup.executor {
                thread = executor
            } else {
                thread = try PartitionThread(name: "warren-part-\(partition)")
            }
        } catch {
            store.close()
            throw HostError(.storage, "Partition \(partition) gets no thread (errno \(error.code)).", cause: error)
        }
        while true {
            let started = setup.clock.now
            do {
                guard try await begin(store) else { return }
                try await work(on: store, thread)
                await store.finish()
                store.close()
                return
            } catch let error as StorageError {
                state.withLock { $0.condition = .failed("\(error)") }
                let isMadeAnew = isMadeAnew(store, after: error)
                store.close()
                guard open != nil else { throw error }
                // A partition that ran well for a while begins with short pauses again.
                if setup.clock.now.duration(since: started) > .seconds(60) { (failures, misuses) = (0, 0) }
                misuses = error.code == .misuse ? misuses + 1 : 0
                if misuses >= Self.mostMisuses || (!isMadeAnew && error.reach == .file) { throw giveUp(error) }
                do {
                    guard let next = try await reopen(after: error, &failures) else { return }
                    store = next
                    try check(store, is: storeID)
                } catch let error as StorageError {
                    throw giveUp(error)
                }
            }
        }
    }

    /// Makes the store this process's own.
    ///
    /// - Returns: whether to work; not if the host stops first.
    private func begin(_ store: any PartitionStore) async throws -> Bool {
        func set(_ beginning: (any PartitionStore)?) -> Bool {
            state.withLock { state in
                state.beginning = beginning
                return state.isStopping
            }
        }
        // A host that was asked to stop before still processes the inputs that had been taken.
        let wasStopping = set(store)
        do {
            try await store.begin()
            _ = set(nil)
            return true
        } catch {
            let isStopping = set(nil)
            guard isStopping, !wasStopping else {
                store.close()
                throw error
            }
            store.close()
            return false
        }
    }

    /// Removes a file that is damaged, or that does not take what its journal has, if the journal makes it anew.
    private func isMadeAnew(_ store: any PartitionStore, after error: StorageError) -> Bool {
        guard [.corrupt, .misuse].contains(error.code), let store = store as? JournaledStore else { return false }
        store.discard()
        return true
    }

    private func work(on store: any PartitionStore, _ thread: any SerialExecutor) async throws {
        var setup = setup
        if let store = store as? JournaledStore {
            takeOver(store)
            if let time = store.position?.at { setup.clock = PartitionClock(setup.clock, notBefore: time) }
        }
        if store is JournaledStore { try await replayOpenInstances(of: store) }
        let loop = PartitionLoop(
            setup: setup, mailbox: mailbox, store: store, dispatcher: makeDispatcher(mailbox), on: thread)
        let isStopping = state.withLock { state in
            state.loop = loop
            state.condition = .working
            // This is called under the lock; otherwise it could overtake a later call.
            if state.isBlocked { loop.dispatcher.block(true) }
            return state.isStopping
        }
        if isStopping { loop.stop() }
        store.observeFailure { [release = loop.release] error in release.fail(error) }
        // A partition that another host may take over answers in turn only.
        if loop.journal == nil { mailbox.openDesk(of: loop.queries) }
        defer { mailbox.closeDesk() }
        let sweeper = PayloadSweeper(setup: setup, store: store)
        let keeper = RetentionKeeper(setup: setup, store: store, mailbox: mailbox)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await loop.operations.run() }
            if let sweeper { group.addTask { await sweeper.run() } }
            if let keeper { group.addTask { await keeper.run() } }
            defer {
                loop.operations.finish()
                sweeper?.finish()
                keeper?.finish()
            }
            try await loop.run()
        }
    }

    /// Replays the open instances of a partition that this host has taken, and parks those that do not agree with its
    /// code. Partitions that a host has from its start are checked then.
    private func replayOpenInstances(of store: any PartitionStore) async throws {
        guard setup.configuration.orchestrations.replayCheck != .off else { return }
        let replay = OpenInstanceReplay(functions: setup.functions, payloads: setup.payloads)
        let finding = try await BlockingWork.run("warren-replay") { try replay.finding(in: store) }
        finding.report(to: setup.logger)
        for disagreement in finding.disagreements { mailbox.add(PartitionInput(.park(disagreement.parking))) }
    }

    private func takeOver(_ store: JournaledStore) {
        setup.crashGuard.takeOver(store, of: setup.configuration.partitionCount, at: setup.clock.now)
        guard store.isCareful else { return }
        setup.logger.warning(
            """
            Hosts lost this partition one after the other, soon after they had claimed it; what they may have died over is \
            handled alone for a minute
            """, metadata: [LogKey.partition: "\(partition)"])
    }

    /// Gives up the partition, because its file will not repair itself.
    private func giveUp(_ error: StorageError) -> HostError {
        switch error.code {
        case .overtaken:
            setup.logger.critical(
                "Another host claimed a partition of this one; the partition is stopped here",
                metadata: [LogKey.partition: "\(partition)", LogKey.error: "\(error)"])
        case .journal:
            setup.logger.critical(
                """
                A partition's journal cannot be used; the partition is stopped, the others go on. What is sent to its \
                instances waits in its queues
                """, metadata: [LogKey.partition: "\(partition)", LogKey.error: "\(error)"])
        case .misuse:
            setup.logger.critical(
                """
                A partition's store refuses what its host writes, whatever is left out; the partition is stopped, the others \
                go on. This is a fault of Warren, or damage of the file that looks like one: keep the file, and start the \
                host again with a version that mends it, or with a backup in its place. What is sent to the partition's \
                instances waits in its queues
                """, metadata: [LogKey.partition: "\(partition)", LogKey.error: "\(error)"])
        default:
            setup.logger.critical(
                """
                A partition's file is damaged; the partition is stopped, the others go on. Stop the host, put a backup in \
                the place of the file, and start the host again; what is sent to the partition's instances waits in its \
                queues
                """,
                metadata: [
                    LogKey.partition: "\(partition)", LogKey.error: "\(error)",
                    LogKey.file: "\(error.path ?? setup.storePath)",
                ])
        }
        return HostError(.storage, "Partition \(partition) cannot go on: \(error)", cause: error)
    }

    /// Finishes the inputs that were taken, then makes `run` return.
    func stop() {
        mailbox.stopOffers()
        let (loop, pause, beginning) = state.withLock { state in
            state.isStopping = true
            return (state.loop, state.pause, state.beginning)
        }
        // A partition that is not this process's own yet has nothing to finish.
        beginning?.close()
        loop?.stop()
        pause?.set(false)
    }

    /// Notes whether the broker accepts nothing from publishers.
    func block(_ isBlocked: Bool) {
        state.withLock { state in
            state.isBlocked = isBlocked
            state.loop?.dispatcher.block(isBlocked)
        }
    }

    /// Sends to the broker the messages of other partitions of this process. They may run for longer, and would
    /// wait for it.
    private func returnToBroker() {
        for input in mailbox.close() {
            switch input.receipt {
            case .local(let dispatcher, let reference):
                if let message = input.source { dispatcher.sendToBroker(message, of: reference) }
            case .work(let answer):
                answer.work.leave()
                answer.send()
            default: break
            }
        }
    }

    /// Makes sure that a store is the same as before: the partition's queue is ours because of that store, and an empty
    /// file in its place would answer as if nothing had ever existed.
    private func check(_ store: any PartitionStore, is storeID: String) throws {
        guard store.identity.storeID != storeID else {
            if let gap = setup.commitLedger?.gap(of: store) {
                store.close()
                throw StorageError(.corrupt, CommitGap.refusal([gap]).message, path: setup.storePath)
            }
            setup.commitLedger?.follow(store)
            return
        }
        store.close()
        throw StorageError(
            .corrupt,
            "Partition \(partition) has another store than before: its file was taken away or replaced while the host "
                + "ran. Put the file back, and start the host again.",
            path: setup.storePath)
    }

    /// Opens the store again, after pauses.
    ///
    /// - Returns: `nil` if the host stops first: the inputs that are not durable are delivered to the next one.
    /// - Throws: `StorageError` if another attempt is useless.
    private func reopen(after error: StorageError, _ failures: inout Int) async throws -> (any PartitionStore)? {
        guard let open else { throw error }
        var error = error
        while true {
            failures += 1
            let pause = Backoff.reopening.pause(afterAttempt: failures, random: setup.random.fraction())
            let end = OneShot<Bool>()
            let alarm = setup.clock.makeAlarm { end.set(true) }
            alarm.set(after: pause)
            setup.logger.error(
                "A partition's store failed; it is opened again after a pause",
                metadata: [LogKey.partition: "\(partition)", LogKey.error: "\(error)", LogKey.pause: "\(pause)"])
            let isStopping = state.withLock { state in
                state.pause = end
                return state.isStopping
            }
            if isStopping { end.set(false) }
            let isOver = await withTaskCancellationHandler {
                await end.value
            } onCancel: {
                end.set(false)
            }
            alarm.set(to: nil)
            try Task.checkCancellation()
            // A host that was asked to stop when the pause was over still processes the inputs that had been taken.
            guard isOver else { return nil }
            do {
                return try await open()
            } catch let next as StorageError {
                guard next.reach != .file else { throw next }
                error = next
            }
        }
    }
}
