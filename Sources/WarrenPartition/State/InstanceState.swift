package import Warren
package import WarrenMessaging

/// One instance in memory: its row, its session while it is warm, and what has happened to it but has not been run.
///
/// Belongs to its partition's state and never leaves it. The session is opaque here: running and unwinding it is asked for.
package final class InstanceState {
    package var record: InstanceRecord
    /// The running orchestrator, or `nil` when it must be replayed first.
    package var session: (any OrchestratorSession)?
    /// The history, read for its open tasks, until the orchestrator is replayed with it in the same round.
    package var unplayed: [HistoryEvent]?
    /// What the next episode begins with.
    package var newEvents: [HistoryEvent] = []
    /// What was asked for and is not answered.
    package var open = OpenTasks()
    /// The whole history, of an instance whose executor answers later: its rows may not be in the store yet.
    package var recorded: [HistoryEvent]?
    /// The episode that an executor has, if it answers later.
    package var inFlight: EpisodeInFlight?
    /// The row of the timer that says so, as long as there is one.
    var episodeRow: TimerRow.Key?
    /// What came for the instance while it could not take it, in order; not settled.
    var waiting: [QueuedWork] = []
    /// Commits on their way that this instance is part of. While there are any, the store does not know it all.
    package var commitsInFlight = 0
    /// Whether `open` is what the history tells.
    package var isLoaded = false
    /// Whether the row is in the store, or in a commit on its way there.
    package var isStored: Bool
    /// Whether this generation's row has to be written whole.
    package var isNewGeneration = false
    /// What a death over the first episode is put down to, if that is not the instance.
    package var startSubject: String?
    /// The number of its last lifecycle message: they rise, also from one process to the next.
    package var announced = 0

    /// Neighbours in order of use, kept by `InstanceCache`.
    ///
    /// Unsafe, because every use of an instance moves it in the list, and counted references would cost four atomic
    /// operations each time.
    // trap: the cache owns every instance in its list, and unlinks one before it lets go.
    unowned(unsafe) var older: InstanceState?
    // trap: as above.
    unowned(unsafe) var newer: InstanceState?

    package init(record: InstanceRecord, isStored: Bool) {
        self.record = record
        self.isStored = isStored
    }

    /// Who wants to be told of the end beside those in the row; `nil` when that has not been read.
    package var laterWaiters: Set<ReplyAddress>?
    /// Why those beside the row cannot be read, if they cannot.
    package var unreadableWaiters: String?

    /// Who wants to be told of the end. Kept as the row has it: read once in an instance's life, and held for all of it.
    package var waiters: [ReplyAddress] {
        get { WaiterCodec.decode(record.waiters) }
        set { record.waiters = WaiterCodec.encode(newValue) }
    }

    /// What a death over the next episode is put down to.
    package var suspicionSubject: String { startSubject ?? record.instanceID }

    /// Whether the instance is to start at a later time.
    package var isWaitingForStart: Bool { record.isWaitingForStart && newEvents.isEmpty }
}
