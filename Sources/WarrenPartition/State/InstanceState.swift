package import Warren
package import WarrenMessaging

/// One instance in memory: its row, its session while it is warm, and what has happened to it but has not been run.
///
/// Belongs to its partition's processor and never leaves it.
package final class InstanceState {
    package var record: InstanceRecord
    /// The running orchestrator, or `nil` when it must be replayed first.
    package var session: (any OrchestratorSession)?
    /// The history, read for its open tasks, until the orchestrator is replayed with it in the same round.
    package var unplayed: [HistoryEvent]?
    /// What the next episode begins with.
    package var newEvents: [HistoryEvent] = []
    /// What was asked for and is not answered, by number.
    package var openTasks: [Int: OpenTask] = [:]
    /// The time of the latest episode that was tracked.
    private var episodeTime: Timestamp?
    /// Every sub-orchestration that this generation called, ended or not: the call's number, the instance's ID.
    package var children: [(taskID: Int, instanceID: String)] = []
    /// Commits on their way that this instance is part of. While there are any, the store does not know it all.
    package var commitsInFlight = 0
    /// Whether `openTasks` and `children` are those of the history.
    package var isLoaded = false
    /// Whether the row is in the store, or in a commit on its way there.
    package var isStored: Bool
    /// Whether this generation's row has to be written whole.
    package var isNewGeneration = false
    /// What a death over the first episode is put down to, if that is not the instance.
    package var startSubject: String?
    /// Whether it takes up what was kept for its start at this moment: suspensions of before are history then.
    package var isBeginning = false
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

    /// Who wants to be told of the end. Kept as the row has it: read once in an instance's life, and held for all of it.
    package var waiters: [ReplyAddress] {
        get { WaiterCodec.decode(record.waiters) }
        set { record.waiters = WaiterCodec.encode(newValue) }
    }

    /// What a death over the next episode is put down to.
    package var suspicionSubject: String { startSubject ?? record.instanceID }

    /// Whether the instance is to start at a later time.
    package var isWaitingForStart: Bool { record.isWaitingForStart && newEvents.isEmpty }

    /// An attempt at an activity: all that its work item is made of, however often.
    package struct ActivityCall {
        package var name: String
        package var input: Payload
        /// The first attempt's number, if this is a later one.
        package var retryOf: Int?
        /// The time of the episode that asked for it.
        package var scheduledAt: Timestamp?

        package init(name: String, input: Payload, retryOf: Int? = nil, scheduledAt: Timestamp? = nil) {
            self.name = name
            self.input = input
            self.retryOf = retryOf
            self.scheduledAt = scheduledAt
        }
    }

    /// Something asked for that has not been answered.
    package enum OpenTask {
        case activity(ActivityCall)
        case subOrchestration(name: String, instanceID: String)
        case timer(fireAt: Timestamp)
    }

    /// Notes what an event opens or closes.
    package func track(_ event: HistoryEvent) {
        switch event {
        case .orchestratorStarted(let time): episodeTime = time
        case .taskScheduled(let id, let name, let input, let retryOf):
            openTasks[id] = .activity(
                ActivityCall(name: name, input: input, retryOf: retryOf, scheduledAt: episodeTime))
        case .subOrchestrationCreated(let id, let name, let instanceID, _):
            openTasks[id] = .subOrchestration(name: name, instanceID: instanceID)
            children.append((id, instanceID))
        case .timerCreated(let id, let fireAt): openTasks[id] = .timer(fireAt: fireAt)
        case .taskCompleted(let id, _), .taskFailed(let id, _), .subOrchestrationCompleted(let id, _),
            .subOrchestrationFailed(let id, _), .timerFired(let id):
            openTasks[id] = nil
        default: break
        }
    }
}
