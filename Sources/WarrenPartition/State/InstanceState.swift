package import Warren
package import WarrenMessaging

/// One instance in memory: its row, its session while that is in memory, and the events that have not been run yet.
///
/// It belongs to its partition's state and never leaves it. The session is opaque here: others run it and unwind it on
/// request.
package final class InstanceState {
    package var record: InstanceRecord
    /// The running orchestrator, or `nil` when it must be replayed first.
    package var session: (any OrchestratorSession)?
    /// The history, read for its open tasks and kept until the orchestrator is replayed with it in the same round.
    package var unplayed: [HistoryEvent]?
    /// The events with which the next episode begins.
    package var newEvents: [HistoryEvent] = []
    /// The updates among them, with the callers that wait for the results.
    var updates: [PendingUpdate] = []
    /// The traces of the external events with which the present episode began, where spans are made.
    var causes: [TraceContext] = []
    /// The tasks that were requested and are not answered.
    package var open = OpenTasks()
    /// The whole history, for an instance with an executor that answers later: its rows may not be in the store yet.
    package var recorded: [HistoryEvent]?
    /// The episode that an executor has, if it answers later.
    package var inFlight: EpisodeInFlight?
    /// The row of the timer that stands for `inFlight`, as long as there is one.
    var episodeRow: TimerRow.Key?
    /// The work that arrived while the instance could not take it, in order; not settled.
    var waiting: [QueuedWork] = []
    /// For an entity: the operations that run, if any do.
    package var operating: EntityFlight?
    /// The number of commits on their way that concern this instance. While there are any, the store does not have all
    /// of it.
    package var commitsInFlight = 0
    /// Whether the open step adds to its history.
    var hasUnsealedHistory = false
    /// The rows of the history that were written without the code in memory, by episode, while commits are on their way:
    /// a replay needs them, and the store may not have them yet.
    var unrunRows: [(episode: Int, events: [HistoryEvent])] = []
    /// Whether `open` agrees with the history.
    package var isLoaded = false
    /// Whether the row is in the store, or in a commit on its way there.
    package var isStored: Bool
    /// Whether this generation's row has to be written in full.
    package var isNewGeneration = false
    /// The subject to which a death during the first episode is attributed, if that is not the instance.
    package var startSubject: String?
    /// The number of its last lifecycle message. Numbers rise, also from one process to the next.
    package var announced = 0

    /// Neighbours in order of use, kept by `InstanceCache`.
    ///
    /// Unsafe, because every use of an instance moves it in the list, and counted references would cost four atomic
    /// operations each time.
    // trap: the cache owns every instance in its list, and unlinks one before it releases it.
    unowned(unsafe) var older: InstanceState?
    // trap: as above.
    unowned(unsafe) var newer: InstanceState?

    package init(record: InstanceRecord, isStored: Bool) {
        self.record = record
        self.isStored = isStored
    }

    /// The addresses of callers that wait for the end, beside those in the row; `nil` when they have not been read.
    package var laterWaiters: Set<ReplyAddress>?
    /// The reason why the addresses beside the row cannot be read, if they cannot.
    package var unreadableWaiters: String?

    /// The addresses in the row of callers that wait for the end. They are kept encoded as in the row: they are read
    /// once in an instance's life, but stay in memory for all of it.
    package var waiters: [ReplyAddress] {
        get { WaiterCodec.decode(record.waiters) }
        set { record.waiters = WaiterCodec.encode(newValue, updateCallers) }
    }

    /// The callers that wait for the results of updates under way, beside those in the row.
    var updateCallers: [UpdateCaller] {
        get { WaiterCodec.callers(in: record.waiters) }
        set { record.waiters = WaiterCodec.encode(waiters, newValue) }
    }

    /// The subject to which a death during the next episode is attributed.
    package var suspicionSubject: String { startSubject ?? record.instanceID }

    /// Whether the store has all of the instance's history.
    var isHistoryStored: Bool { commitsInFlight == 0 && !hasUnsealedHistory && newEvents.isEmpty }

    /// Whether the instance is to start at a later time.
    package var isWaitingForStart: Bool { record.isWaitingForStart && newEvents.isEmpty }
}
