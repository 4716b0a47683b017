import Logging
import Synchronization

/// One execution of an orchestrator: its state, and the executor on which its code runs.
///
/// The body runs in a task that prefers this executor. The driver of the instance enters it, applies one event (which
/// resumes at most the code that waited for it) and runs jobs on its own thread until none is left; then the next
/// event. So the code sees events one at a time in recorded order, live and on replay alike, and no lock is needed.
///
/// `@unchecked Sendable`: all state except `driver` and `foreign` is touched only by the thread that has entered; every
/// entry point checks that (`isEntered`).
final class OrchestratorCore: TaskExecutor, @unchecked Sendable {
    /// The maximum number of actions or refused calls of an episode.
    static let maximumActions = 100_000
    /// The number of events from which on an orchestrator is asked to continue as new. Code decides by it, so it is the
    /// same in every process and every version.
    static let suggestedHistory = 10_000

    let started: ExecutionStarted
    private let runner: LocalOrchestratorRunner

    // MARK: State of the execution
    /// The ID from which the IDs of children and the seeds of random numbers are derived: the one with which the
    /// execution began, until it was rewound.
    @exclusivity(unchecked) var executionID: String
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
    /// What the execution has to do with entities; `nil` until it asks one for something.
    @exclusivity(unchecked) var entities: EntityDealings?
    @exclusivity(unchecked) var settledCount = 0
    /// Whether an activity has lost a race.
    @exclusivity(unchecked) var hasLosers = false
    @exclusivity(unchecked) var lineCount = 0
    @exclusivity(unchecked) var uuidCount = 0
    @exclusivity(unchecked) var random: SplitMix64?
    @exclusivity(unchecked) var patches = Patches()
    /// The labels of the instance, as the code has set them.
    @exclusivity(unchecked) var tags: [String: String]
    /// What answers queries and takes updates; `nil` until the code registers something.
    @exclusivity(unchecked) var handlers: StateHandlers?
    /// The function that runs at the moment and may only look at the state, if one does.
    @exclusivity(unchecked) var readOnlyUse: ReadOnlyUse?
    /// The number of events of the episodes before the present one.
    @exclusivity(unchecked) var historyLength = 0

    // MARK: What the episode did
    @exclusivity(unchecked) var actions: [OrchestratorAction] = []
    @exclusivity(unchecked) var customStatus: Payload?
    @exclusivity(unchecked) var updateOutcomes: [UpdateOutcome] = []
    /// The updates that are taken from this episode on.
    @exclusivity(unchecked) var newUpdateNames: [String] = []
    /// The recorded actions up to the end of the episode that is being replayed; their index is their number.
    @exclusivity(unchecked) var recorded: [HistoryEvent] = []

    // MARK: The code
    @exclusivity(unchecked) var body = BodyState.waiting
    @exclusivity(unchecked) var continuation: Continuation?
    /// Whether timers that are open when the body ends are cancelled.
    @exclusivity(unchecked) var closesTimers = false
    @exclusivity(unchecked) var rootTask: Task<Void, Never>?
    @exclusivity(unchecked) var firstWaiter: Waiter?
    @exclusivity(unchecked) var lastWaiter: Waiter?
    /// Whether no action is taken and no task settled any more; code is only unwound.
    @exclusivity(unchecked) var isInert = false
    @exclusivity(unchecked) var refusals = 0

    // MARK: Driving
    @exclusivity(unchecked) var queue: JobQueue?
    /// The thread that has entered, 0 for none.
    let driver = Atomic<UInt>(0)
    let foreign = Mutex(ForeignState())

    /// What the next generation begins with.
    struct Continuation {
        var input: Payload
        var keepingEvents: Bool
        /// `nil` for the version of this one.
        var version: String?
    }

    enum BodyState {
        case waiting
        case running
        case returned(Payload)
        indirect case threw(FailureDetails)
        case continuing
        /// The engine found a fault; the result of the code is not used.
        indirect case faulted(FailureDetails)
    }

    init(started: ExecutionStarted, now: Timestamp, runner: LocalOrchestratorRunner) {
        self.started = started
        executionID = started.executionID
        tags = started.tags
        self.now = now
        self.runner = runner
    }

    var codec: any PayloadCodec { runner.codec }
    var baseLogger: Logger { runner.logger }
    var fault: FailureDetails? { if case .faulted(let fault) = body { fault } else { nil } }

    /// Whether the running thread is the one that drives the instance right now.
    var isEntered: Bool { driver.load(ordering: .relaxed) == CurrentThread.id }

    /// Whether the completion of the execution is known. A returned body waits for its open tasks; a continued one does
    /// not.
    var isDecided: Bool {
        switch body {
        case .waiting, .running: false
        case .returned, .threw: open.isEmpty
        case .continuing, .faulted: true
        }
    }
}
