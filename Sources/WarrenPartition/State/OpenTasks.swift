package import Warren

/// The tasks that an execution has requested without an answer so far, by number, according to its history.
package struct OpenTasks {
    /// An attempt at an activity, with everything that is needed to build its work item, however often.
    package struct ActivityCall {
        package var name: String
        package var input: Payload
        /// The first attempt's number, if this is a later one.
        package var retryOf: Int?
        /// The time of the episode that requested it.
        package var scheduledAt: Timestamp?

        package init(name: String, input: Payload, retryOf: Int? = nil, scheduledAt: Timestamp? = nil) {
            self.name = name
            self.input = input
            self.retryOf = retryOf
            self.scheduledAt = scheduledAt
        }
    }

    /// A requested task that has not been answered.
    package enum OpenTask {
        case activity(ActivityCall)
        case subOrchestration(name: String, instanceID: String, createdAt: Timestamp?)
        case timer(fireAt: Timestamp, createdAt: Timestamp?)
    }

    private var tasks: [Int: OpenTask] = [:]
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
        case .taskScheduled(let id, let name, let input, let retryOf):
            tasks[id] = .activity(
                ActivityCall(name: name, input: input, retryOf: retryOf, scheduledAt: episodeTime))
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
    }

    /// What an instance with these tasks waits for: its start, the tasks, and the events that its row names.
    package func waits(of record: InstanceRecord) -> OpenWaits {
        let waits = OpenWaits(of: record)
        let asked = entities?.waits ?? []
        guard !tasks.isEmpty || !asked.isEmpty else { return waits }
        return waits.adding(
            (asked + openTasks).sorted { ($0.number ?? 0) < ($1.number ?? 0) })
    }

    private var openTasks: [OpenWait] {
        sorted.map { id, task in
            switch task {
            case .activity(let call):
                OpenWait(kind: .activity, name: call.name, since: call.scheduledAt, number: id)
            case .subOrchestration(let name, let instanceID, let createdAt):
                OpenWait(kind: .child, name: name, since: createdAt, instanceID: instanceID, number: id)
            case .timer(let fireAt, let createdAt):
                OpenWait(kind: .timer, since: createdAt, until: fireAt, number: id)
            }
        }
    }
}
