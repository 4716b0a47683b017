import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Running orchestrators, and doing what they ask for.
extension PartitionProcessor {
    /// How many generations an instance may go through in one round without waiting for anything.
    private static let maximumGenerationsPerRound = 10_000

    /// Runs what is new for an instance, through as many generations as it takes.
    func runEpisode(of state: InstanceState, _ batch: inout StepBatch) throws {
        var messages: [OutboundMessage] = []
        var generations = 0
        while !state.newEvents.isEmpty {
            let events = state.newEvents
            state.newEvents = []
            guard !state.record.status.isTerminal else { break }
            setup.crashGuard.enter(state.suspicionSubject)
            do {
                try load(state)
            } catch let error as StorageError where error.reach == .unit {
                // Without its history it cannot go on. Nothing of this round was done for it yet.
                return try failDamaged(state, error.message, &batch)
            }
            // The orchestrator's clock never goes back, whatever the machine's does.
            let time = max(batch.now, state.record.lastUpdatedAt)
            let beginning = HistoryEvent.orchestratorStarted(time)
            state.track(beginning)
            var recorded = [beginning] + events
            setup.watch.begin(state.record.name, state.record.instanceID)
            let outcome = state.session?.advance(recorded)
            setup.watch.end()
            guard let outcome else { break }
            state.record.lastUpdatedAt = time
            if state.record.status == .pending {
                state.record.status = .running
                announce(state, .running, &messages)
            }
            var completion = outcome.completion
            for asked in outcome.actions {
                let action = asked.timed(from: batch.now)
                if let event = action.recordedEvent {
                    recorded.append(event)
                    state.track(event)
                }
                guard let excess = excess(of: action, of: state) else {
                    perform(action, of: state, time: time, &messages, &batch)
                    continue
                }
                // Nothing is sent that nobody takes: whoever waits for it hears why.
                switch excess {
                case .ofCall(let failure):
                    state.newEvents.append(failure)
                    state.track(failure)
                case .ofInstance(let failure): completion = .failed(failure)
                }
            }
            if let status = outcome.customStatus { state.record.customStatus = status.isNull ? nil : status }
            switch bounded(completion, of: state) {
            case nil: break
            case .completed(let output):
                recorded.append(.executionCompleted(.completed, output: output, failure: nil))
                finish(state, .completed, output: output, failure: nil, &messages, &batch)
            case .failed(let failure):
                recorded.append(.executionCompleted(.failed, output: .null, failure: failure))
                finish(state, .failed, output: nil, failure: failure, &messages, &batch)
            case .continuedAsNew(let input, let unprocessedEvents):
                generations += 1
                if generations > Self.maximumGenerationsPerRound {
                    let failure = FailureDetails(
                        type: "EndlessContinueAsNew",
                        message: "The orchestrator continued as new \(generations - 1) times without waiting for "
                            + "anything. Await an activity, a timer or an event in every generation.",
                        isNonRetriable: true)
                    recorded.append(.executionCompleted(.failed, output: .null, failure: failure))
                    finish(state, .failed, output: nil, failure: failure, &messages, &batch)
                } else {
                    beginGeneration(of: state, input: input, unprocessedEvents, &messages, &batch)
                    continue
                }
            }
            append(recorded, to: state, &batch)
        }
        state.startSubject = nil
        state.unplayed = nil
        write(state, &batch)
        if !messages.isEmpty { addRow(messages, &batch) }
    }

    /// What is too large in an action, and whom that ends.
    private enum Excess {
        /// The call fails with this event; its orchestrator can catch that.
        case ofCall(HistoryEvent)
        /// Nobody waits: the instance fails.
        case ofInstance(FailureDetails)
    }

    private func excess(of action: OrchestratorAction, of state: InstanceState) -> Excess? {
        let sizes = setup.configuration.payloadLimits
        switch action {
        case .scheduleTask(let id, let name, let input, _) where input.bytes.count > sizes.message:
            return .ofCall(
                .taskFailed(
                    id: id,
                    failure: .payloadTooLarge(
                        "The input of activity '\(name)'", bytes: input.bytes.count, limit: sizes.message)))
        case .createSubOrchestration(let id, let name, _, let input) where input.bytes.count > sizes.message:
            return .ofCall(
                .subOrchestrationFailed(
                    id: id,
                    failure: .payloadTooLarge(
                        "The input of sub-orchestration '\(name)'", bytes: input.bytes.count, limit: sizes.message)))
        case .startOrchestration(_, let name, _, let input, _) where input.bytes.count > sizes.message:
            return .ofInstance(
                .payloadTooLarge(
                    "The input of orchestration '\(name)', which was to be started,", bytes: input.bytes.count,
                    limit: sizes.message))
        case .sendEvent(_, let instanceID, let name, let input) where input.bytes.count > sizes.message:
            return .ofInstance(
                .payloadTooLarge(
                    "The event '\(name)' for instance '\(instanceID)'", bytes: input.bytes.count, limit: sizes.message))
        default: return nil
        }
    }

    /// How an episode ended, with a failure in the place of a payload that nobody could be told.
    private func bounded(_ completion: EpisodeOutcome.Completion?, of state: InstanceState) -> EpisodeOutcome
        .Completion?
    {
        let limit = setup.configuration.payloadLimits.message
        let name = state.record.name
        switch completion {
        case .completed(let output) where output.bytes.count > limit:
            return .failed(
                .payloadTooLarge("The output of orchestration '\(name)'", bytes: output.bytes.count, limit: limit))
        case .continuedAsNew(let input, _) where input.bytes.count > limit:
            return .failed(
                .payloadTooLarge(
                    "The input with which orchestration '\(name)' continues", bytes: input.bytes.count, limit: limit))
        case .failed(let failure): return .failed(failure.shortened())
        default: return completion
        }
    }

    /// Adds an episode to the history.
    func append(_ events: [HistoryEvent], to state: InstanceState, _ batch: inout StepBatch) {
        batch.commit.history.append(
            HistoryRow(
                instance: state.record.key, generation: state.record.generation, episode: state.record.episodes,
                events: HistoryCodec.encode(events)))
        state.record.episodes += 1
    }

    private func perform(
        _ action: OrchestratorAction, of state: InstanceState, time: Timestamp, _ messages: inout [OutboundMessage],
        _ batch: inout StepBatch
    ) {
        let record = state.record
        switch action {
        case .scheduleTask(let id, let name, let input, let retryOf):
            if toldActivities.insert(name).inserted { setup.calledActivities.add(name) }
            let call = InstanceState.ActivityCall(name: name, input: input, retryOf: retryOf)
            messages.append(workItem(id, call, dispatch: 1, of: record))
        case .createSubOrchestration(let id, let name, let instanceID, let input):
            let parent = ParentInstance(
                name: record.name, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
            let command = StartCommand(
                name: name, instanceID: instanceID, input: input, ifExists: .restart, tags: record.tags,
                parent: parent)
            messages.append(setup.wire.encode(.start(command), to: instanceID))
        case .startOrchestration(let id, let name, let instanceID, let input, let startAt):
            let command = StartCommand(
                name: name, instanceID: instanceID, input: input, startAt: startAt,
                context: CommandContext(messageKey: "start:\(record.executionID):\(id)"))
            messages.append(setup.wire.encode(.start(command), to: instanceID))
        case .sendEvent(let id, let instanceID, let name, let input):
            let command = RaiseCommand(
                instanceID: instanceID, eventName: name, payload: input,
                context: CommandContext(messageKey: "send:\(record.executionID):\(id)"))
            messages.append(setup.wire.encode(.raise(command), to: instanceID))
        case .createTimer(let id, let fireAt, _):
            setTimer(id, of: state, at: fireAt, &batch)
        case .cancelTimer(let id):
            if state.openTasks.removeValue(forKey: id) != nil { removeTimer(id, of: state, &batch) }
        case .setAsideEvent(let name, let input, let reason):
            messages.append(
                setup.wire.deadLetter(
                    ofEvent: name, input, to: record.instanceID, because: reason, partition: setup.partition, at: time))
        case .printLine(let number, let level, let text):
            messages.append(
                setup.wire.console(
                    ConsoleMessage(
                        text: text, level: level, instanceID: record.instanceID, executionID: record.executionID,
                        orchestration: record.name, number: "c\(number)", at: time)))
        }
    }

    func workItem(
        _ id: Int, _ call: InstanceState.ActivityCall, dispatch: Int, of record: InstanceRecord
    ) -> OutboundMessage {
        let token = TaskToken(
            partition: setup.partition, instanceID: record.instanceID, executionID: record.executionID, taskID: id)
        return setup.wire.workItem(
            WorkItem(
                activity: call.name, input: call.input, token: token, orchestration: record.name, attempt: dispatch,
                retryOf: call.retryOf))
    }

    private func beginGeneration(
        of state: InstanceState, input: Payload, _ unprocessedEvents: [RaisedEvent],
        _ messages: inout [OutboundMessage], _ batch: inout StepBatch
    ) {
        announce(state, .continuedAsNew, &messages)
        renew(state, input: input, &batch)
        let record = state.record
        state.newEvents = [
            .executionStarted(
                ExecutionStarted(
                    name: record.name, instanceID: record.instanceID, executionID: record.executionID, input: input,
                    parent: record.parent, tags: record.tags))
        ]
        // A suspension that came in the same round holds for the new generation as well.
        if record.status == .suspended { state.newEvents.append(.executionSuspended(reason: nil)) }
        state.newEvents += unprocessedEvents.map { .eventRaised(name: $0.name, input: $0.input) }
    }

    /// Makes the instance a new execution without a history.
    func renew(_ state: InstanceState, input: Payload, _ batch: inout StepBatch) {
        dropAlarms(of: state, &batch)
        state.session?.evict()
        state.session = nil
        state.openTasks = [:]
        state.children = []
        state.record.generation += 1
        state.record.executionID = ExecutionID.make()
        state.record.input = input
        state.record.episodes = 0
        state.isNewGeneration = true
        state.isLoaded = true
    }
}
