import Warren
import WarrenMessaging

/// Keeps instances that the code of this host cannot run: they are suspended, and nothing that arrives for them is lost.
///
/// The suspension stands in the history in front of the events that the code has not seen. On replay those are held back
/// until the instance is resumed, so that code which agrees goes on exactly there.
extension PartitionMachine {
    /// Deals with new events of an instance while its code is not to run.
    ///
    /// - Returns: whether it did, and the code is not run.
    mutating func keepEvents(of instance: InstanceState) throws(Unresolved) -> Bool {
        guard instance.session == nil else { return false }
        let isSuspended = instance.record.status == .suspended
        // What an operator suspended is run all the same: its code holds the events back.
        if isSuspended, let cause = instance.record.condition.suspension?.cause, cause != .byOperator,
            holdEvents(of: instance)
        {
            return true
        }
        // A host has just admitted the start of an instance without a version, unless it was for a later time: another host
        // may have the partition by then.
        guard
            instance.record.version != nil || instance.record.episodes > 0 || instance.record.scheduledStart != nil
        else { return false }
        switch current.catalog.verdict(on: instance.record.name, instance.record.version) {
        case .runs, .unknown: return false
        case .waits where isSuspended && holdEvents(of: instance): break
        case .waits(let reason):
            var episode = beginUnrun(instance)
            park(&episode, Suspension(cause: .version, reason: reason, since: episode.time))
        case .fails(let failure):
            try state.loadTasks(of: instance)
            try state.loadWaiters(of: instance, current)
            var episode = beginUnrun(instance)
            fail(&episode, failure)
            step.append(episode.recorded, to: instance)
            run = episode
        }
        return true
    }

    /// Records the events of a suspended instance, unless one of them resumes it.
    private mutating func holdEvents(of instance: InstanceState) -> Bool {
        guard instance.record.episodes > 0, !instance.newEvents.contains(where: \.isSteering) else { return false }
        let episode = beginUnrun(instance)
        step.appendUnrun(episode.recorded, to: instance)
        run = episode
        return true
    }

    /// Takes the new events of an instance as an episode in which its code does not run.
    private mutating func beginUnrun(_ instance: InstanceState) -> EpisodeRun {
        let time = max(step.now, instance.record.lastUpdatedAt)
        let beginning = HistoryEvent.orchestratorStarted(time)
        state.facts.removeAll(keepingCapacity: true)
        instance.open.track(beginning)
        instance.unplayed = nil
        instance.record.lastUpdatedAt = time
        let events = [beginning] + instance.newEvents.filter { !$0.isUpdate }
        instance.newEvents = []
        refuseUpdates(of: instance, .suspended(instance.record))
        guard var former = run else {
            return EpisodeRun(
                instance: instance, ticket: state.nextTicket(of: instance.record), time: time, recorded: events)
        }
        // Another generation of the same step.
        run = nil
        former.time = time
        former.recorded = events
        return former
    }

    /// The report of an outcome for which the instance is parked; `nil` if it fails.
    func parkingReport(_ outcome: EpisodeOutcome, of instance: InstanceState) -> String? {
        let record = instance.record
        // The events of an episode at another executor are in the history already, as seen by the code.
        guard case .failed(let report)? = outcome.completion, current.catalog.isInline(record.name),
            current.catalog.parksNonDeterminism(of: record.name, record.version)
        else { return nil }
        return report.message
    }

    /// Suspends an instance with the events of an episode that its code has not seen.
    mutating func park(_ episode: inout EpisodeRun, _ suspension: Suspension) {
        let instance = episode.instance
        episode.recorded = HistoryEvent.parked(episode.recorded, because: suspension.reason)
        step.unwind(instance)
        instance.park(suspension, &episode.messages, current)
        refuseUpdates(of: instance, .suspended(instance.record))
        step.observe(.instanceParked(instance.record, suspension))
        step.appendUnrun(episode.recorded, to: instance)
        run = episode
    }
}

extension InstanceState {
    /// Makes the instance suspended, and announces that.
    func park(_ suspension: Suspension, _ messages: inout [OutboxMessage], _ frame: Frame) {
        record.status = .suspended
        record.condition.suspension = suspension
        announce(.suspended, &messages, frame)
    }
}

extension HistoryEvent {
    /// Whether it suspends or resumes an instance.
    fileprivate var isSteering: Bool {
        switch self {
        case .executionSuspended, .executionResumed: true
        default: false
        }
    }

    /// An episode with events that the code is to see after a resume: the suspension stands first. A resume among them has
    /// failed: without it, and without the suspensions that it ended, the next one finds the events as they are.
    fileprivate static func parked(_ events: [HistoryEvent], because reason: String?) -> [HistoryEvent] {
        let lastResume = events.lastIndex { if case .executionResumed = $0 { true } else { false } } ?? 0
        // Updates are refused: their callers do not wait for a resume.
        let kept = events.indices.dropFirst()
            .filter { ($0 > lastResume || !events[$0].isSteering) && !events[$0].isUpdate }.map { events[$0] }
        return events.prefix(1) + [.executionSuspended(reason: reason)] + kept
    }
}
