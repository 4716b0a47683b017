import Logging
import Synchronization

/// One execution of an orchestrator: its state, and the executor that its code runs on.
///
/// The body runs in a task that prefers this executor. Whoever drives the instance enters it, applies one event (which
/// resumes at most the code that waited for it) and runs jobs on its own thread until none is left; then the next event.
/// So the code sees events one at a time in recorded order, live and on replay alike, and no lock is needed.
///
/// `@unchecked Sendable`: all state except `driver` and `foreign` is touched only by the thread that has entered; every
/// way in checks that (`isEntered`).
final class OrchestratorCore: TaskExecutor, @unchecked Sendable {
    /// How many actions or refused calls an episode may have.
    static let maximumActions = 100_000

    let started: ExecutionStarted
    private let runner: LocalOrchestratorRunner

    // MARK: State of the execution
    @exclusivity(unchecked) var now: Timestamp
    @exclusivity(unchecked) var isReplaying = false
    @exclusivity(unchecked) var isSuspended = false
    @exclusivity(unchecked) var held: [HistoryEvent] = []
    /// The number of the next action.
    @exclusivity(unchecked) var nextID = 0
    @exclusivity(unchecked) var askedThisEpisode = 0
    /// Activities, sub-orchestrations and timers without an answer, by number.
    @exclusivity(unchecked) var open: [Int: TaskSlot] = [:]
    @exclusivity(unchecked) var pendingEvents = PendingEvents()
    @exclusivity(unchecked) var settledCount = 0
    @exclusivity(unchecked) var lineCount = 0
    @exclusivity(unchecked) var uuidCount = 0
    @exclusivity(unchecked) var random: SplitMix64?

    // MARK: What the episode did
    @exclusivity(unchecked) var actions: [OrchestratorAction] = []
    @exclusivity(unchecked) var customStatus: Payload?
    /// The recorded actions up to the end of the episode that is being replayed; their index is their number.
    @exclusivity(unchecked) var recorded: [HistoryEvent] = []

    // MARK: The code
    @exclusivity(unchecked) var body = BodyState.waiting
    @exclusivity(unchecked) var continuation: (input: Payload, keepingEvents: Bool)?
    @exclusivity(unchecked) var rootTask: Task<Void, Never>?
    @exclusivity(unchecked) var firstWaiter: Waiter?
    @exclusivity(unchecked) var lastWaiter: Waiter?
    /// Nothing is asked for or answered any more; code is only unwound.
    @exclusivity(unchecked) var isInert = false
    @exclusivity(unchecked) var refusals = 0

    // MARK: Driving
    @exclusivity(unchecked) var queue: JobQueue?
    /// The thread that has entered, 0 for none.
    let driver = Atomic<UInt>(0)
    let foreign = Mutex(ForeignState())

    enum BodyState {
        case waiting
        case running
        case returned(Payload)
        indirect case threw(FailureDetails)
        case continuing
        /// The engine found a fault; what the code does does not matter any more.
        indirect case faulted(FailureDetails)
    }

    init(started: ExecutionStarted, now: Timestamp, runner: LocalOrchestratorRunner) {
        self.started = started
        self.now = now
        self.runner = runner
    }

    var codec: any PayloadCodec { runner.codec }
    var baseLogger: Logger { runner.logger }
    var fault: FailureDetails? { if case .faulted(let fault) = body { fault } else { nil } }

    /// Whether the running thread is the one that drives the instance right now.
    var isEntered: Bool { driver.load(ordering: .relaxed) == CurrentThread.id }

    /// How the execution has ended, if it has. A returned body waits for its open tasks; a continued one does not.
    var isDecided: Bool {
        switch body {
        case .waiting, .running: false
        case .returned, .threw: open.isEmpty
        case .continuing, .faulted: true
        }
    }
}
