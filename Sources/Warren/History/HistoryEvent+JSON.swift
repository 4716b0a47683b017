import WarrenSupport

/// Writes events as JSON: for `status --history`, exported histories and test fixtures.
extension HistoryEvent {
    /// This event as one JSON object: `{"id":0,"input":"Tokyo","name":"SayHello","type":"TaskScheduled"}`.
    ///
    /// Payloads are embedded as they are written, without the space between tokens.
    public var jsonObject: Payload {
        var object = SortedJSONObject()
        object.add("type", typeName)
        switch self {
        case .orchestratorStarted(let time): object.add("timestamp", ISO8601.text(time))
        case .executionStarted(let facts): object.add(facts)
        case .taskScheduled(let id, let name, let input, let terms):
            object.add("id", id)
            object.add("name", name)
            object.add("input", input)
            object.add(terms)
        case .taskCanceled(let id): object.add("id", id)
        case .taskHeartbeat(let id, let details):
            object.add("id", id)
            object.add("details", details)
        case .taskCompleted(let id, let result), .subOrchestrationCompleted(let id, let result):
            object.add("id", id)
            object.add("result", result)
        case .taskFailed(let id, let failure), .subOrchestrationFailed(let id, let failure):
            object.add("id", id)
            object.add("failure", failure.json)
        case .subOrchestrationCreated(let id, let name, let instanceID, let input, let version):
            object.add(id, name, instanceID, input)
            if let version { object.add("version", version) }
        case .eventSent(let id, let instanceID, let name, let input):
            object.add(id, name, instanceID, input)
        case .timerCreated(let id, let fireAt):
            object.add("id", id)
            object.add("fireAt", ISO8601.text(fireAt))
        case .timerFired(let id): object.add("id", id)
        case .orchestrationStarted(let id, let name, let instanceID, let input, let startAt, let version):
            object.add(id, name, instanceID, input)
            if let startAt { object.add("startAt", ISO8601.text(startAt)) }
            if let version { object.add("version", version) }
        case .patchMarked(let name, let isDeprecated):
            object.add("name", name)
            if isDeprecated { object.add("isDeprecated", true) }
        case .updateAccepted(let id, let name, let input):
            object.add("updateID", id)
            object.add("name", name)
            object.add("input", input)
        case .updateCompleted(let id, let result, let failure):
            object.add("updateID", id)
            if let failure { object.add("failure", failure.json) } else { object.add("result", result) }
        case .tagSet(let name, let value):
            object.add("name", name)
            if let value { object.add("value", value) }
        case .eventRaised(let name, let input, let trace):
            object.add("name", name)
            object.add("input", input)
            object.add(trace)
        case .executionSuspended(let reason), .executionResumed(let reason), .executionTerminated(let reason):
            if let reason { object.add("reason", reason) }
        case .executionRewound(let facts): object.add(facts)
        case .continuedAsNew(let input): object.add("input", input)
        case .executionCompleted(let status, let output, let failure):
            object.add("status", status.rawValue)
            object.add("output", output)
            if let failure { object.add("failure", failure.json) }
        }
        return object.payload
    }

    /// The name of its kind, as the JSON object has it: `TaskScheduled`.
    package var typeName: String {
        switch self {
        case .orchestratorStarted: "OrchestratorStarted"
        case .executionStarted: "ExecutionStarted"
        case .taskScheduled: "TaskScheduled"
        case .taskCompleted: "TaskCompleted"
        case .taskFailed: "TaskFailed"
        case .taskCanceled: "TaskCanceled"
        case .taskHeartbeat: "TaskHeartbeat"
        case .subOrchestrationCreated: "SubOrchestrationCreated"
        case .subOrchestrationCompleted: "SubOrchestrationCompleted"
        case .subOrchestrationFailed: "SubOrchestrationFailed"
        case .timerCreated: "TimerCreated"
        case .timerFired: "TimerFired"
        case .eventSent: "EventSent"
        case .orchestrationStarted: "OrchestrationStarted"
        case .patchMarked: "PatchMarked"
        case .updateAccepted: "UpdateAccepted"
        case .updateCompleted: "UpdateCompleted"
        case .tagSet: "TagSet"
        case .eventRaised: "EventRaised"
        case .executionSuspended: "ExecutionSuspended"
        case .executionResumed: "ExecutionResumed"
        case .executionTerminated: "ExecutionTerminated"
        case .executionRewound: "ExecutionRewound"
        case .continuedAsNew: "ContinuedAsNew"
        case .executionCompleted: "ExecutionCompleted"
        }
    }
}

extension FailureDetails {
    /// This failure as exported histories have it: members sorted by key.
    fileprivate var json: SortedJSONObject {
        var object = SortedJSONObject()
        object.add("type", type)
        object.add("message", message)
        object.add("isNonRetriable", isNonRetriable)
        object.add("inner", inner.map(\.json))
        if let stack { object.add("stack", stack) }
        if let details { object.add("details", details) }
        return object
    }
}

extension SortedJSONObject {
    fileprivate mutating func add(_ id: Int, _ name: String, _ instanceID: String, _ input: Payload) {
        add("id", id)
        add("name", name)
        add("instanceID", instanceID)
        add("input", input)
    }

    fileprivate mutating func add(_ parent: ParentInstance) {
        var object = SortedJSONObject()
        object.add("name", parent.name)
        object.add("instanceID", parent.instanceID)
        object.add("executionID", parent.executionID)
        object.add("taskID", parent.taskID)
        add("parent", object)
    }

    fileprivate mutating func add(_ facts: ExecutionRewound) {
        add("instanceID", facts.instanceID)
        add("executionID", facts.executionID)
        add("formerExecutionID", facts.formerExecutionID)
        if let parent = facts.parent { add(parent) }
        if let reason = facts.reason { add("reason", reason) }
        if let number = facts.beforeEvent { add("beforeEvent", number) }
    }

    /// Adds what differs from the terms of a plain call. Limits are in microseconds.
    fileprivate mutating func add(_ terms: TaskTerms) {
        if let retryOf = terms.retryOf { add("retryOf", retryOf) }
        if terms.attempt > 1 { add("attempt", terms.attempt) }
        if let priority = terms.order.priority { add("priority", priority) }
        if let key = terms.order.fairnessKey { add("fairnessKey", key) }
        if terms.needsPermit { add("needsPermit", true) }
        guard !terms.timeouts.isEmpty else { return }
        var limits = SortedJSONObject()
        for (name, path) in TaskTerms.limits {
            if let limit = terms.timeouts[keyPath: path] { limits.add(name, Int(limit.wholeMicroseconds)) }
        }
        if terms.spent > .zero { limits.add("spent", Int(terms.spent.wholeMicroseconds)) }
        add("timeouts", limits)
    }

    fileprivate mutating func add(_ facts: ExecutionStarted) {
        add("name", facts.name)
        add("instanceID", facts.instanceID)
        add("executionID", facts.executionID)
        add("input", facts.input)
        if let parent = facts.parent { add(parent) }
        if !facts.tags.isEmpty {
            var object = SortedJSONObject()
            for (key, value) in facts.tags { object.add(key, value) }
            add("tags", object)
        }
        if let start = facts.scheduledStart { add("scheduledStart", ISO8601.text(start)) }
        if let version = facts.version { add("version", version) }
        add(facts.trace)
    }

    /// Adds a trace without its baggage, which is for programs and not for everyone who may read a history.
    fileprivate mutating func add(_ trace: TraceContext?) {
        guard let trace else { return }
        add("traceparent", trace.traceparent)
        if let state = trace.tracestate { add("tracestate", state) }
    }
}

extension TaskTerms {
    /// The limits of a call under the names that exported histories have for them.
    static var limits: [(name: String, path: WritableKeyPath<ActivityTimeouts, Duration?>)] {
        [
            ("scheduleToStart", \.scheduleToStart), ("startToClose", \.startToClose), ("heartbeat", \.heartbeat),
            ("total", \.total),
        ]
    }
}
