import Warren
import WarrenMessaging
import WarrenStorage

/// Answering questions. Answers are given when everything that they show is durable.
extension PartitionProcessor {
    func answer(_ command: QueryCommand, _ batch: inout StepBatch) throws {
        guard let reply = command.context.reply else { return }
        switch command.question {
        case .status(let instanceID, let includeHistory):
            guard let state = try find(instanceID) else { return reject(.unknown(instanceID), reply, &batch) }
            if !state.record.status.isTerminal, !state.isLoaded { try loadTasks(of: state) }
            var status = self.status(of: state.record, openTasks: state.openTasks)
            if includeHistory { status.history = try history(of: state) }
            batch.answers.append(setup.wire.answer(status, to: reply, instanceID: instanceID))
        case .wait(let instanceID):
            guard let state = try find(instanceID) else { return reject(.unknown(instanceID), reply, &batch) }
            if state.record.status.isTerminal {
                batch.answers.append(setup.wire.reply(endReply(state.record, to: reply)))
            } else {
                addWaiter(reply, to: state)
                if state.isStored { write(state, &batch) }
            }
        case .list(let query):
            let page = try store.list(query)
            var episodes = Self.listedEpisodes
            let list = InstanceListReply(
                instances: try page.instances.map { record in
                    status(of: record, openTasks: try openTasks(of: record, &episodes))
                },
                next: page.next)
            batch.answers.append(setup.wire.answer(list, to: reply, instanceID: nil))
        case .describe:
            let hub = HubDescription(
                hub: setup.configuration.hub, partitionCount: setup.configuration.partitionCount,
                orchestrations: setup.functions.orchestrationNames,
                activities: Set(setup.functions.activityNames).union(setup.calledActivities.names).sorted(),
                version: Self.version)
            batch.answers.append(setup.wire.answer(hub, to: reply, instanceID: nil))
        }
    }

    /// How many episodes are read at the most to say what the instances of one page wait for.
    private static var listedEpisodes: Int { 2000 }

    /// What a listed instance waits for. Of instances in memory it is known; histories of the others are read, as long
    /// as the page's share lasts: a listing must not hold up the partition.
    private func openTasks(
        of record: InstanceRecord, _ episodes: inout Int
    ) throws -> [Int: InstanceState.OpenTask] {
        guard !record.status.isTerminal else { return [:] }
        if let state = cache.peek(key: record.key), state.isLoaded { return state.openTasks }
        guard record.episodes > 0, record.episodes <= episodes else { return [:] }
        episodes -= record.episodes
        let state = InstanceState(record: record, isStored: true)
        for episode in try store.history(of: record.key, generation: record.generation) {
            for event in try decodeEpisode(episode, of: state) { state.track(event) }
        }
        return state.openTasks
    }

    private static var version: String { "0.1.0" }

    private func reject(_ refusal: Refusal, _ reply: ReplyAddress, _ batch: inout StepBatch) {
        batch.answers.append(
            setup.wire.reply(
                ReplyMessage(address: reply, status: .rejected, instanceID: nil, body: setup.wire.json(refusal))))
    }

    private func status(of record: InstanceRecord, openTasks: [Int: InstanceState.OpenTask]) -> OrchestrationStatus {
        OrchestrationStatus(
            name: record.name, instanceID: record.instanceID, executionID: record.executionID,
            runtimeStatus: record.status, createdAt: record.createdAt, lastUpdatedAt: record.lastUpdatedAt,
            input: record.input, output: record.output, customStatus: record.customStatus, failure: record.failure,
            tags: record.tags,
            openTasks: openTasks.sorted { $0.key < $1.key }.prefix(100).map { id, task in
                switch task {
                case .activity(let call): "activity \(call.name) #\(id)"
                case .subOrchestration(let name, let instanceID): "sub-orchestration \(name) \(instanceID) #\(id)"
                case .timer(let fireAt): "timer #\(id) until \(ISO8601.text(fireAt))"
                }
            })
    }

    /// The events of the present generation. Those of rounds that are not durable yet are missing.
    private func history(of state: InstanceState) throws -> [Payload] {
        try store.history(of: state.record.key, generation: state.record.generation)
            .flatMap { try decodeEpisode($0, of: state) }
            .map { $0.jsonObject }
    }
}
