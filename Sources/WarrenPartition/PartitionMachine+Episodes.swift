import DequeModule
package import Warren
import WarrenMessaging

/// Runs the orchestrators that have new events, one after the other.
extension PartitionMachine {
    /// Returns the next episode to run; `nil` if there is none.
    mutating func nextEpisode() throws(Unresolved) -> EpisodeRequest? {
        // Running one instance can give another one new events.
        while touchedAt < step.touched.count {
            let instance = step.touched[touchedAt]
            if run?.outcome != nil { try applyOutcome() }
            if let request = try beginEpisode(of: instance) { return request }
            endRun(of: instance)
            touchedAt += 1
        }
        return nil
    }

    /// Takes the outcome of an episode.
    ///
    /// - Parameters:
    ///   - ticket: the ticket of the episode; the outcome of an episode that is not awaited any more is dropped.
    ///   - session: the orchestrator's session in memory afterwards, if it stays there.
    package mutating func complete(
        _ outcome: EpisodeOutcome, of ticket: EpisodeTicket, session: (any OrchestratorSession)?
    ) {
        guard run?.ticket == ticket else {
            // The episode was dispatched once more, or by a command.
            return work.prepend(
                QueuedWork(
                    work: .episodeEnded(EpisodeEnd(ticket: ticket, outcome: outcome, session: session)),
                    isFollowUp: true))
        }
        run?.instance.session = session
        run?.outcome = outcome
    }

    /// Applies the outcome of an episode that an executor answered later.
    mutating func finish(_ end: EpisodeEnd) throws(Unresolved) {
        guard let instance = state.instances.peek(key: end.ticket.instance), let flight = instance.inFlight,
            flight.ticket == end.ticket
        else { return }
        try state.loadWaiters(of: instance, current)
        state.endFlight(of: instance, &step)
        instance.session = end.session
        run = EpisodeRun(
            instance: instance, ticket: flight.ticket, time: flight.time, recorded: [], outcome: end.outcome)
        try applyOutcome()
        if !instance.newEvents.isEmpty { step.touched.append(instance) }
        endRun(of: instance)
        step.resumed += instance.waiting
        instance.waiting = []
    }

    private mutating func beginEpisode(of instance: InstanceState) throws(Unresolved) -> EpisodeRequest? {
        guard !instance.newEvents.isEmpty, !instance.record.status.isTerminal else { return nil }
        let isInline = current.catalog.isInline(instance.record.name)
        if isInline, try keepEvents(of: instance) { return nil }
        let history = try history(of: instance, isInline: isInline)
        state.facts.removeAll(keepingCapacity: true)
        // The orchestrator's clock never goes back, even if the machine's does.
        let time = max(step.now, instance.record.lastUpdatedAt)
        let beginning = HistoryEvent.orchestratorStarted(time)
        instance.open.track(beginning)
        let events = [beginning] + instance.newEvents
        instance.newEvents = []
        let ticket = state.nextTicket(of: instance.record)
        var next = run.take() ?? EpisodeRun(instance: instance, ticket: ticket, time: time, recorded: events)
        next.ticket = ticket
        next.time = time
        next.recorded = events
        run = next
        if !isInline {
            // The inputs that led to the episode are durable with this step, whenever the answer arrives.
            step.append(events, to: instance)
            instance.recorded = history + events
            state.dispatch(ticket, of: instance, time: time, events, &step, current)
            endRun(of: instance)
            touchedAt += 1
        }
        if current.around.tracing != nil { instance.causes = TraceContext.causes(among: events) }
        return EpisodeRequest(ticket: ticket, instance, history: history, events: events)
    }

    /// Returns the part of the history before the new episode that the executor needs. The open tasks are those of the
    /// history afterwards.
    private func history(of instance: InstanceState, isInline: Bool) throws(Unresolved) -> [HistoryEvent] {
        if let recorded = instance.recorded { return recorded }
        // An orchestrator in memory has processed its history already.
        if isInline, instance.session != nil, instance.isLoaded { return [] }
        let history = if let unplayed = instance.unplayed { unplayed } else { try state.events(of: instance) }
        instance.unplayed = nil
        if !instance.isLoaded {
            for event in history { instance.open.track(event) }
            instance.isLoaded = true
        }
        return history
    }

    /// Carries out what the orchestrator requested.
    private mutating func applyOutcome() throws(Unresolved) {
        guard let instance = run?.instance, run?.outcome != nil else { return }
        // The instance may end: the callers that wait for that are read before anything is done.
        try state.loadWaiters(of: instance, current)
        state.facts.removeAll(keepingCapacity: true)
        guard var episode = run.take(), var outcome = episode.outcome.take() else { return }
        instance.record.lastUpdatedAt = episode.time
        if outcome.isNonDeterminism, let report = parkingReport(outcome, of: instance) {
            return park(&episode, Suspension(cause: .nonDeterminism, reason: report, since: episode.time))
        }
        if instance.record.status == .pending {
            instance.record.status = .running
            instance.announce(.running, &episode.messages, current)
        }
        if !outcome.updates.isEmpty || !outcome.newUpdateNames.isEmpty || !instance.updates.isEmpty {
            outcome.boundUpdates(limit: current.rules.payloadLimit)
            episode.recorded = outcome.recorded(of: episode.recorded)
            settleUpdates(of: episode, outcome)
        }
        var completion = outcome.completion
        for asked in outcome.actions {
            let action = state.placed(asked.timed(from: step.now), of: instance.record)
            if case .cancelTask(let id) = action,
                !state.cancelTask(id, of: instance, &episode.messages, &step, current)
            {
                continue
            }
            if let event = action.recordedEvent {
                episode.recorded.append(event)
                instance.open.track(event)
            }
            switch EpisodeExcess(action, limit: current.rules.payloadLimit) {
            case nil: state.perform(action, of: instance, time: episode.time, &episode.messages, &step, current)
            case .ofCall(let failure):
                instance.newEvents.append(failure)
                instance.open.track(failure)
            case .ofInstance(let failure): completion = .failed(failure)
            }
        }
        if let status = outcome.customStatus { instance.record.customStatus = status.isNull ? nil : status }
        if let waits = outcome.eventWaits { instance.record.eventWaits = waits.encoded }
        if let bodyEnd = outcome.bodyEnd { instance.record.condition.bodyEnd = bodyEnd }
        switch completion?.bounded(instance.record.name, limit: current.rules.payloadLimit) {
        case nil: break
        case .completed(let output):
            episode.recorded.append(.executionCompleted(.completed, output: output, failure: nil))
            state.finish(instance, .completed, output: output, failure: nil, &episode.messages, &step, current)
        case .failed(let failure): fail(&episode, failure)
        case .continuedAsNew(let input, let unprocessedEvents):
            episode.generations += 1
            guard episode.generations > EpisodeRun.mostGenerations else {
                if let version = outcome.nextVersion { instance.record.version = version }
                beginGeneration(&episode, input: input, unprocessedEvents)
                run = episode
                return
            }
            fail(
                &episode,
                FailureDetails(
                    type: FailureDetails.endlessContinueAsNewType,
                    message:
                        "The orchestrator continued as new \(EpisodeRun.mostGenerations) times without waiting for "
                        + "anything. Await an activity, a timer or an event in every generation.",
                    isNonRetriable: true))
        }
        // An episode with nothing but updates that were refused is as if it had not been.
        if !episode.recorded.isEmpty { step.append(episode.recorded, to: instance) }
        instance.recorded? += episode.recorded
        run = episode
    }

    mutating func fail(_ episode: inout EpisodeRun, _ failure: FailureDetails) {
        episode.recorded.append(.executionCompleted(.failed, output: .null, failure: failure))
        state.finish(episode.instance, .failed, output: nil, failure: failure, &episode.messages, &step, current)
    }

    private mutating func beginGeneration(
        _ episode: inout EpisodeRun, input: Payload, _ unprocessedEvents: [RaisedEvent]
    ) {
        let instance = episode.instance
        instance.announce(.continuedAsNew, &episode.messages, current)
        episode.messages += current.releases(of: instance)
        step.traceGeneration(of: instance, .continuedAsNew, nil, current)
        state.renew(instance, input: input, &step)
        instance.newEvents = [.executionStarted(of: instance.record)]
        // A suspension in the same step also holds for the new generation.
        if instance.record.status == .suspended { instance.newEvents.append(.executionSuspended(reason: nil)) }
        instance.newEvents += unprocessedEvents.map {
            .eventRaised(name: $0.name, input: $0.input, trace: $0.trace)
        }
        // Those that the last generation did not come to.
        instance.newEvents += instance.updates.map(\.event)
    }

    /// Writes an instance that has nothing left to run.
    private mutating func endRun(of instance: InstanceState) {
        instance.startSubject = nil
        instance.unplayed = nil
        instance.causes = []
        guard let ended = run.take() else { return }
        step.write(instance)
        step.send(ended.messages)
    }

    /// Fails the touched instance, which cannot continue without its history.
    mutating func failTouched(_ reason: String) {
        state.facts.removeAll(keepingCapacity: true)
        let instance = step.touched[touchedAt]
        work.prepend(QueuedWork(work: .failDamaged(instance.record.key, reason: reason), isFollowUp: true))
    }
}
