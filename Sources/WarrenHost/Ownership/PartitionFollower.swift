import Logging
import Synchronization
import Warren
import WarrenStorage
import WarrenSupport

/// Keeps a partition's store open, and at the end of its journal, while this host is to follow the partition or owns it.
///
/// A host that does not follow a partition keeps its file, however old: when it is needed, it is opened at its place in
/// the journal and catches up.
actor PartitionFollower {
    private let random: RandomSource
    private let logger: Logger
    private let open: @Sendable () async throws -> JournaledStore
    /// Runs the opening; `nil` for the system's executor.
    private let executor: (any TaskExecutor)?
    private let steady: @Sendable () -> ContinuousClock.Instant
    /// The open store, for those who only look.
    private let shown = Mutex<JournaledStore?>(nil)
    /// Whether this host need not follow the partition, for those who only look.
    private let resting = Atomic(false)
    private var store: JournaledStore? {
        didSet { shown.withLock { [store] in $0 = store } }
    }
    private var opening: Task<JournaledStore, any Error>?
    private var isWanted = true {
        didSet { resting.store(!isWanted, ordering: .relaxed) }
    }
    /// Whether this host has its turn, or owns the partition.
    private var isHeld = false
    private var isStopped = false
    private var failures = 0
    private var pausedUntil: ContinuousClock.Instant?

    /// - Parameters:
    ///   - store: open and following; `nil` if it is still to be opened.
    ///   - steady: returns the time by which pauses are measured.
    ///   - open: opens it again.
    init(
        _ store: JournaledStore?, random: RandomSource, logger: Logger, executor: (any TaskExecutor)? = nil,
        steady: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        open: @escaping @Sendable () async throws -> JournaledStore
    ) {
        self.store = store
        self.random = random
        self.logger = logger
        self.open = open
        self.executor = executor
        self.steady = steady
        shown.withLock { $0 = store }
    }

    /// The store, if it is open and works.
    nonisolated var current: JournaledStore? {
        shown.withLock { $0 }.flatMap { $0.failure == nil ? $0 : nil }
    }

    /// Whether this host need not follow the partition.
    nonisolated var isResting: Bool { resting.load(ordering: .relaxed) }

    /// Follows the partition or rests, as it is wanted. Called again and again, which repeats what failed.
    func follow(_ isWanted: Bool) async {
        self.isWanted = isWanted
        guard !isHeld, !isStopped, opening == nil else { return }
        if !isWanted {
            close()
        } else if current == nil, pausedUntil.map({ steady() >= $0 }) ?? true {
            do {
                _ = try await opened()
                failures = 0
            } catch {
                guard !isHeld, !isStopped else { return }
                failures += 1
                pausedUntil =
                    steady() + Backoff.reopening.pause(afterAttempt: failures, random: random.fraction())
                logger.warning(
                    "A partition cannot be followed; trying again", metadata: [LogKey.error: "\(error)"])
            }
        }
    }

    /// Returns the store, open and following, and keeps it until `release`.
    ///
    /// - Throws: the reason why it cannot be opened.
    func hold() async throws -> JournaledStore {
        isHeld = true
        return try await opened()
    }

    /// Ends what `hold` began.
    ///
    /// - Parameter isUsed: whether the store was the owner's. It does not follow any more, then.
    func release(isUsed: Bool) {
        isHeld = false
        if isUsed || !isWanted || isStopped { close() }
    }

    /// Closes the store for good.
    func stop() {
        isStopped = true
        if !isHeld { close() }
    }

    /// Follows again after an ownership, if that is wanted.
    func resume() async { await follow(isWanted) }

    private func opened() async throws -> JournaledStore {
        if let current { return current }
        if let opening { return try await opening.value }
        close()
        let task = Task(executorPreference: executor) { [open] in try await open() }
        opening = task
        defer { opening = nil }
        let opened = try await task.value
        store = opened
        if isStopped, !isHeld { close() }
        return opened
    }

    private func close() {
        store?.close()
        store = nil
    }
}
