package import Warren
import WarrenMessaging

/// The result of an episode from an executor that answers later.
package struct EpisodeEnd: Sendable {
    package var ticket: EpisodeTicket
    package var outcome: EpisodeOutcome
    /// The orchestrator's session, if the executor keeps it.
    package var session: (any OrchestratorSession)?

    package init(ticket: EpisodeTicket, outcome: EpisodeOutcome, session: (any OrchestratorSession)?) {
        self.ticket = ticket
        self.outcome = outcome
        self.session = session
    }
}

extension EpisodeRequest {
    init(ticket: EpisodeTicket, _ instance: InstanceState, history: [HistoryEvent], events: [HistoryEvent]) {
        self.init(
            ticket: ticket, name: instance.record.name, instanceID: instance.record.instanceID,
            parentID: instance.record.parent?.instanceID, subject: instance.suspicionSubject, session: instance.session,
            history: history, events: events)
    }
}

extension InstanceRecord {
    /// The key of the timer that an instance has while an executor has an episode of it. The timer fires when the
    /// executor is silent for too long, and at once when a host starts: then the episode, which is the last row of the
    /// history, is dispatched again.
    var episodeTimer: TimerRow.Key { timer(TimerRow.Key.episode) }
}

extension TimerRow.Key {
    /// The number of the timer of an episode that an executor has.
    static let episode = -2
}

extension AlarmQueue.Subject {
    /// Whether the alarm is about an episode that an executor has.
    var isOfEpisode: Bool { if case .timer(let key) = self { key.id == TimerRow.Key.episode } else { false } }
}

extension PartitionState {
    /// Makes the ticket of the instance's next episode.
    mutating func nextTicket(of record: InstanceRecord) -> EpisodeTicket {
        EpisodeTicket(instance: record.key, generation: record.generation, number: nextEpisode())
    }

    /// Notes that an executor has an episode.
    mutating func dispatch(
        _ ticket: EpisodeTicket, of instance: InstanceState, time: Timestamp, _ events: [HistoryEvent],
        _ step: inout Step, _ frame: Frame
    ) {
        instance.inFlight = EpisodeInFlight(ticket: ticket, time: time, events: events)
        let key = instance.record.episodeTimer
        let time = step.now.advanced(by: frame.rules.episodeLease)
        // One row serves all consecutive episodes of an execution.
        if instance.episodeRow == key {
            deadlines.setAgain(key, at: time)
        } else {
            deadlines.setTimer(key, at: time, &step.commit)
            instance.episodeRow = key
        }
    }

    /// Ends the wait for an executor: its timer's row is removed with the step, unless another episode follows.
    mutating func endFlight(of instance: InstanceState, _ step: inout Step) {
        instance.inFlight = nil
        if let key = instance.episodeRow { deadlines.remove(key) }
        step.answered.append(instance)
    }

    /// Removes the rows of timers of episodes that were answered.
    mutating func removeEpisodeRows(_ step: inout Step) {
        for instance in step.answered where instance.inFlight == nil {
            guard let key = instance.episodeRow else { continue }
            instance.episodeRow = nil
            step.commit.removedTimers.append(key)
        }
        step.answered = []
    }

    /// Makes sure that no executor has an episode of the instance: an event that has happened since cannot be given to
    /// an episode under way.
    func requireIdle(_ instance: InstanceState) throws(Unresolved) {
        if isAwaited(instance) { throw .busy(instance.record.key) }
    }

    /// Whether an executor has an episode of the instance, or had one when the last host stopped.
    func isAwaited(_ instance: InstanceState) -> Bool {
        instance.inFlight != nil || (deadlines.mayHaveEpisodes && deadlines.isSet(instance.record.episodeTimer))
    }

    /// Builds the first events of the episode with which an instance ends without running its code. If an executor has
    /// an episode, it is that one: the actions that it would have requested are not known, and a replay does not look
    /// for them.
    func lastEpisode(of instance: InstanceState, at time: Timestamp) -> [HistoryEvent] {
        isAwaited(instance) ? [] : [.orchestratorStarted(time)] + instance.newEvents.filter { !$0.isUpdate }
    }
}

/// Dispatches an episode again because its executor has not answered.
struct DispatchAgain: PartitionCommand {
    var key: TimerRow.Key

    struct Episode {
        var instance: InstanceState
        var history: [HistoryEvent]
        var events: [HistoryEvent]
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Episode? {
        guard let instance = try state.instance(key: key.instance), instance.record.generation == key.generation,
            !instance.record.status.isTerminal
        else { return nil }
        if let flight = instance.inFlight {
            let history = (instance.recorded ?? []).dropLast(flight.events.count)
            return Episode(instance: instance, history: Array(history), events: flight.events)
        }
        try state.loadTasks(of: instance)
        let episodes = try state.episodes(of: instance.record)
        guard let last = episodes.last else { return nil }
        var history: [HistoryEvent] = []
        for episode in episodes.dropLast() { history += try PartitionState.decode(episode, of: instance.record) }
        return Episode(
            instance: instance, history: history, events: try PartitionState.decode(last, of: instance.record))
    }

    func apply(_ found: Episode?, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        guard let found else { return state.deadlines.removeTimer(key, &step.commit) }
        let instance = found.instance
        if let former = instance.inFlight { step.cancelled.append(former.ticket) }
        instance.episodeRow = key
        let ticket = state.nextTicket(of: instance.record)
        var time = max(step.now, instance.record.lastUpdatedAt)
        if case .orchestratorStarted(let started)? = found.events.first { time = started }
        instance.recorded = found.history + found.events
        state.dispatch(ticket, of: instance, time: time, found.events, &step, frame)
        step.dispatched.append(
            EpisodeRequest(ticket: ticket, instance, history: found.history, events: found.events))
    }
}
