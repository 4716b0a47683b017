package import Warren

/// The tasks that an execution has requested without an answer so far, by number, according to its history.
package struct OpenTasks {
    /// An attempt at an activity, with everything that is needed to build its work item, however often.
    package struct ActivityCall {
        package var name: String
        package var input: Payload
        package var terms: TaskTerms
        /// The time of the episode that requested it.
        package var scheduledAt: Timestamp?
        /// The details of the last heartbeat of an earlier attempt, if there were any.
        package var previousHeartbeat: Payload?

        package init(
            name: String, input: Payload, terms: TaskTerms = TaskTerms(), scheduledAt: Timestamp? = nil,
            previousHeartbeat: Payload? = nil
        ) {
            self.name = name
            self.input = input
            self.terms = terms
            self.scheduledAt = scheduledAt
            self.previousHeartbeat = previousHeartbeat
        }
    }

    /// A requested task that has not been answered.
    package enum OpenTask {
        case activity(ActivityCall)
        case subOrchestration(name: String, instanceID: String, createdAt: Timestamp?)
        case timer(fireAt: Timestamp, createdAt: Timestamp?)
    }

    private var tasks: [Int: OpenTask] = [:]
    /// The details of the last heartbeats of attempts that failed, under the numbers of the first attempts.
    private var heartbeats: [Int: Payload] = [:]
    /// Every sub-orchestration that the execution called, ended or not: the call's number and the instance's ID.
    package private(set) var children: [(taskID: Int, instanceID: String)] = []
    /// What the execution has to do with entities; `nil` for nothing.
    package private(set) var entities: EntityTasks?
    /// The time of the first episode of the execution.
    package private(set) var startedAt: Timestamp?
    /// The time of the latest episode.
    private var episodeTime: Timestamp?

    package init() {}

    package subscript(id: Int) -> OpenTask? { tasks[id] }

    /// All open tasks, in the order of their numbers.
    package var sorted: [(id: Int, task: OpenTask)] {
        tasks.sorted { $0.key < $1.key }.map { (id: $0.key, task: $0.value) }
    }

    package var isEmpty: Bool { tasks.isEmpty }

    /// Opens or closes tasks according to an event.
    package mutating func track(_ event: HistoryEvent) {
        switch event {
        case .orchestratorStarted(let time):
            startedAt = startedAt ?? time
            episodeTime = time
        case .taskScheduled(let id, let name, let input, let terms):
            tasks[id] = .activity(
                ActivityCall(
                    name: name, input: input, terms: terms, scheduledAt: episodeTime,
                    previousHeartbeat: terms.retryOf.flatMap { heartbeats[$0] }))
        case .taskHeartbeat(let id, let details):
            guard case .activity(let call) = tasks[id] else { break }
            heartbeats[call.terms.retryOf ?? id] = details
        case .taskCanceled(let id): tasks[id] = nil
        case .subOrchestrationCreated(let id, let name, let instanceID, _, _):
            tasks[id] = .subOrchestration(name: name, instanceID: instanceID, createdAt: episodeTime)
            children.append((id, instanceID))
        case .timerCreated(let id, let fireAt): tasks[id] = .timer(fireAt: fireAt, createdAt: episodeTime)
        case .taskCompleted(let id, _), .taskFailed(let id, _), .subOrchestrationCompleted(let id, _),
            .subOrchestrationFailed(let id, _), .timerFired(let id):
            tasks[id] = nil
        case .eventSent(let id, let target, let name, let input) where EntityID.isEntity(target):
            if entities == nil { entities = EntityTasks() }
            entities?.sent(id, name, input, to: target, at: episodeTime)
        case .eventRaised(let name, let input, _): entities?.raised(name, input)
        default: break
        }
    }

    /// Cancels a timer.
    ///
    /// - Returns: whether it was open.
    package mutating func cancel(_ id: Int) -> Bool { tasks.removeValue(forKey: id) != nil }

    /// Closes everything, because the execution has ended. Its sub-orchestrations stay known.
    package mutating func end() {
        tasks = [:]
        entities = nil
        heartbeats = [:]
    }

    /// What an instance with these tasks waits for: its start, the tasks, and the events that its row names.
    ///
    /// - Parameters:
    ///   - heartbeat: the details of the latest heartbeat of an activity, by its number.
    ///   - isDispatched: whether an activity with limits has got its permit.
    package func waits(
        of record: InstanceRecord, heartbeat: (_ taskID: Int) -> Payload? = { _ in nil },
        isDispatched: (_ taskID: Int) -> Bool = { _ in true }
    ) -> OpenWaits {
        let waits = OpenWaits(of: record)
        let asked = entities?.waits ?? []
        guard !tasks.isEmpty || !asked.isEmpty else { return waits }
        return waits.adding(
            (asked + openTasks(heartbeat, isDispatched)).sorted { ($0.number ?? 0) < ($1.number ?? 0) })
    }

    private func openTasks(
        _ heartbeat: (_ taskID: Int) -> Payload?, _ isDispatched: (_ taskID: Int) -> Bool
    ) -> [OpenWait] {
        sorted.map { id, task in
            switch task {
            case .activity(let call):
                OpenWait(
                    kind: call.terms.needsPermit && !isDispatched(id) ? .permit : .activity, name: call.name,
                    since: call.scheduledAt, number: id,
                    heartbeat: heartbeat(id) ?? call.previousHeartbeat)
            case .subOrchestration(let name, let instanceID, let createdAt):
                OpenWait(kind: .child, name: name, since: createdAt, instanceID: instanceID, number: id)
            case .timer(let fireAt, let createdAt):
                OpenWait(kind: .timer, since: createdAt, until: fireAt, number: id)
            }
        }
    }
}
