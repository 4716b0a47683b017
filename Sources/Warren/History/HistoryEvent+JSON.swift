/// Events as JSON: what `status --history` shows and what exported histories and test fixtures consist of.
extension HistoryEvent {
    /// This event as one JSON object: `{"type":"TaskScheduled","id":0,"name":"SayHello","input":"Tokyo"}`.
    public var jsonObject: Payload { Payload(json) }

    /// This event as a JSON value.
    package var json: JSONValue {
        switch self {
        case .orchestratorStarted(let time): object("OrchestratorStarted", ["timestamp": Self.text(time)])
        case .executionStarted(let facts): object("ExecutionStarted", Self.members(facts))
        case .taskScheduled(let id, let name, let input, let retryOf):
            object(
                "TaskScheduled",
                ["id": Self.number(id), "name": .string(name), "input": Self.value(input)].merging(
                    retryOf.map { ["retryOf": Self.number($0)] } ?? [:]
                ) { $1 })
        case .taskCompleted(let id, let result): answered("TaskCompleted", id, ["result": Self.value(result)])
        case .taskFailed(let id, let failure): answered("TaskFailed", id, ["failure": Self.value(failure)])
        case .subOrchestrationCreated(let id, let name, let instanceID, let input):
            object("SubOrchestrationCreated", Self.members(id, name, instanceID, input))
        case .subOrchestrationCompleted(let id, let result):
            answered("SubOrchestrationCompleted", id, ["result": Self.value(result)])
        case .subOrchestrationFailed(let id, let failure):
            answered("SubOrchestrationFailed", id, ["failure": Self.value(failure)])
        case .timerCreated(let id, let fireAt): answered("TimerCreated", id, ["fireAt": Self.text(fireAt)])
        case .timerFired(let id): answered("TimerFired", id, [:])
        case .eventSent(let id, let instanceID, let name, let input):
            object("EventSent", Self.members(id, name, instanceID, input))
        case .orchestrationStarted(let id, let name, let instanceID, let input, let startAt):
            object(
                "OrchestrationStarted",
                Self.members(id, name, instanceID, input).merging(startAt.map { ["startAt": Self.text($0)] } ?? [:]) {
                    $1
                })
        case .eventRaised(let name, let input):
            object("EventRaised", ["name": .string(name), "input": Self.value(input)])
        case .executionSuspended(let reason): because("ExecutionSuspended", reason)
        case .executionResumed(let reason): because("ExecutionResumed", reason)
        case .executionTerminated(let reason): because("ExecutionTerminated", reason)
        case .continuedAsNew(let input): object("ContinuedAsNew", ["input": Self.value(input)])
        case .executionCompleted(let status, let output, let failure):
            object(
                "ExecutionCompleted",
                ["status": .string(status.rawValue), "output": Self.value(output)].merging(
                    failure.map { ["failure": Self.value($0)] } ?? [:]
                ) { $1 })
        }
    }

    // MARK: Parts

    private func object(_ type: String, _ members: [String: JSONValue]) -> JSONValue {
        .object(members.merging(["type": .string(type)]) { $1 })
    }

    private func answered(_ type: String, _ id: Int, _ members: [String: JSONValue]) -> JSONValue {
        object(type, members.merging(["id": Self.number(id)]) { $1 })
    }

    private func because(_ type: String, _ reason: String?) -> JSONValue {
        object(type, reason.map { ["reason": .string($0)] } ?? [:])
    }

    private static func number(_ id: Int) -> JSONValue { .integer(Int64(id)) }

    private static func text(_ time: Timestamp) -> JSONValue { .string(ISO8601.text(time)) }

    /// A payload that is not JSON, which can only come from damage, is shown as text.
    private static func value(_ payload: Payload) -> JSONValue {
        (try? JSONReader.read(payload.bytes)) ?? .string(payload.json)
    }

    private static func value(_ failure: FailureDetails) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(failure.type), "message": .string(failure.message),
            "isNonRetriable": .bool(failure.isNonRetriable), "inner": .array(failure.inner.map { Self.value($0) }),
        ]
        if let stack = failure.stack { members["stack"] = .string(stack) }
        return .object(members)
    }

    private static func members(_ id: Int, _ name: String, _ instanceID: String, _ input: Payload) -> [String:
        JSONValue]
    {
        ["id": number(id), "name": .string(name), "instanceID": .string(instanceID), "input": value(input)]
    }

    private static func members(_ facts: ExecutionStarted) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "name": .string(facts.name), "instanceID": .string(facts.instanceID),
            "executionID": .string(facts.executionID), "input": value(facts.input),
        ]
        if let parent = facts.parent {
            members["parent"] = .object([
                "name": .string(parent.name), "instanceID": .string(parent.instanceID),
                "executionID": .string(parent.executionID), "taskID": number(parent.taskID),
            ])
        }
        if !facts.tags.isEmpty { members["tags"] = .object(facts.tags.mapValues { .string($0) }) }
        if let start = facts.scheduledStart { members["scheduledStart"] = text(start) }
        return members
    }
}
