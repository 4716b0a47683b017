import WarrenSupport

extension HistoryEvent {
    /// Reads an exported history: a JSON array of event objects as `jsonObject` writes them. Payloads stay as they are
    /// written.
    ///
    /// - Throws: `WarrenError` with code `invalidHistory` that names the event and the field.
    public static func history(json: Payload) throws -> [HistoryEvent] {
        let parsed = Result { () throws(JSONProblem) in try JSONNode(json) }
        let elements: [JSONNode]
        switch parsed {
        case .success(let node):
            guard let found = node.elements else {
                throw WarrenError(.invalidHistory, "The exported history is not a JSON array.")
            }
            elements = found
        case .failure(let problem):
            throw WarrenError(.payloadNotDecodable, "The payload is not JSON: \(problem.description).")
        }
        return try elements.enumerated().map { index, element in
            try HistoryEvent(json: Fields(value: element, place: "Event \(index)"))
        }
    }

    private init(json fields: Fields) throws {
        switch try fields.text("type") {
        case "OrchestratorStarted": self = .orchestratorStarted(try fields.time("timestamp"))
        case "ExecutionStarted": self = .executionStarted(try Self.facts(fields))
        case "TaskScheduled":
            self = .taskScheduled(
                id: try fields.id(), name: try fields.text("name"), input: fields.payload("input"),
                terms: try Self.terms(fields))
        case "TaskCanceled": self = .taskCanceled(id: try fields.id())
        case "TaskHeartbeat": self = .taskHeartbeat(id: try fields.id(), details: fields.payload("details"))
        case "TaskCompleted": self = .taskCompleted(id: try fields.id(), result: fields.payload("result"))
        case "TaskFailed": self = .taskFailed(id: try fields.id(), failure: try fields.failure())
        case "SubOrchestrationCreated":
            self = .subOrchestrationCreated(
                id: try fields.id(), name: try fields.text("name"), instanceID: try fields.text("instanceID"),
                input: fields.payload("input"), version: fields.value["version"]?.string)
        case "SubOrchestrationCompleted":
            self = .subOrchestrationCompleted(id: try fields.id(), result: fields.payload("result"))
        case "SubOrchestrationFailed":
            self = .subOrchestrationFailed(id: try fields.id(), failure: try fields.failure())
        case "TimerCreated": self = .timerCreated(id: try fields.id(), fireAt: try fields.time("fireAt"))
        case "TimerFired": self = .timerFired(id: try fields.id())
        case "EventSent":
            self = .eventSent(
                id: try fields.id(), instanceID: try fields.text("instanceID"), name: try fields.text("name"),
                input: fields.payload("input"))
        case "OrchestrationStarted":
            self = .orchestrationStarted(
                id: try fields.id(), name: try fields.text("name"), instanceID: try fields.text("instanceID"),
                input: fields.payload("input"), startAt: try fields.optionalTime("startAt"),
                version: fields.value["version"]?.string)
        case "PatchMarked":
            self = .patchMarked(
                name: try fields.text("name"), isDeprecated: fields.value["isDeprecated"]?.bool ?? false)
        case "UpdateAccepted":
            self = .updateAccepted(
                id: try fields.text("updateID"), name: try fields.text("name"), input: fields.payload("input"))
        case "UpdateCompleted":
            self = .updateCompleted(
                id: try fields.text("updateID"), result: fields.payload("result"),
                failure: fields.isAbsent("failure") ? nil : try fields.failure())
        case "TagSet": self = .tagSet(name: try fields.text("name"), value: fields.value["value"]?.string)
        case "EventRaised":
            self = .eventRaised(name: try fields.text("name"), input: fields.payload("input"), trace: fields.trace)
        case "ExecutionSuspended": self = .executionSuspended(reason: fields.value["reason"]?.string)
        case "ExecutionResumed": self = .executionResumed(reason: fields.value["reason"]?.string)
        case "ExecutionTerminated": self = .executionTerminated(reason: fields.value["reason"]?.string)
        case "ExecutionRewound":
            var facts = ExecutionRewound(
                instanceID: try fields.text("instanceID"), executionID: try fields.text("executionID"),
                formerExecutionID: try fields.text("formerExecutionID"))
            facts.parent = try Self.parent(fields)
            facts.reason = fields.value["reason"]?.string
            if !fields.isAbsent("beforeEvent") { facts.beforeEvent = try fields.id("beforeEvent") }
            self = .executionRewound(facts)
        case "ContinuedAsNew": self = .continuedAsNew(input: fields.payload("input"))
        case "ExecutionCompleted":
            guard let status = RuntimeStatus(rawValue: try fields.text("status")) else {
                throw fields.problem("status")
            }
            self = .executionCompleted(
                status, output: fields.payload("output"),
                failure: fields.isAbsent("failure") ? nil : try fields.failure())
        default: throw fields.problem("type")
        }
    }

    private static func parent(_ fields: Fields) throws -> ParentInstance? {
        guard !fields.isAbsent("parent"), let parent = fields.value["parent"] else { return nil }
        let found = Fields(value: parent, place: fields.place + ", parent")
        return ParentInstance(
            name: try found.text("name"), instanceID: try found.text("instanceID"),
            executionID: try found.text("executionID"), taskID: try found.id("taskID"))
    }

    private static func terms(_ fields: Fields) throws -> TaskTerms {
        var terms = TaskTerms()
        if !fields.isAbsent("retryOf") {
            // A history of a version that did not count attempts has none: it is the second one or a later one.
            terms.retryOf = try fields.id("retryOf")
            terms.attempt = fields.isAbsent("attempt") ? 2 : try fields.id("attempt")
        }
        terms.set(
            (
                CallOrder(
                    priority: fields.isAbsent("priority") ? nil : try fields.id("priority"),
                    fairnessKey: fields.isAbsent("fairnessKey") ? nil : try fields.text("fairnessKey")),
                fields.value["needsPermit"]?.bool ?? false
            ))
        guard !fields.isAbsent("timeouts"), let value = fields.value["timeouts"] else { return terms }
        let limits = Fields(value: value, place: fields.place + ", timeouts")
        func limit(_ name: String) throws -> Duration? {
            limits.isAbsent(name) ? nil : .microseconds(Int64(try limits.id(name)))
        }
        for (name, path) in TaskTerms.limits { terms.timeouts[keyPath: path] = try limit(name) }
        terms.spent = try limit("spent") ?? .zero
        return terms
    }

    private static func facts(_ fields: Fields) throws -> ExecutionStarted {
        var facts = ExecutionStarted(
            name: try fields.text("name"), instanceID: try fields.text("instanceID"),
            executionID: try fields.text("executionID"), input: fields.payload("input"),
            scheduledStart: try fields.optionalTime("scheduledStart"), version: fields.value["version"]?.string)
        facts.parent = try parent(fields)
        for (key, value) in fields.value["tags"]?.members ?? [] {
            guard let text = value.string else { throw fields.problem("tags") }
            facts.tags[key] = text
        }
        facts.trace = fields.trace
        return facts
    }

    /// One JSON object, and its place in the text.
    private struct Fields {
        var value: JSONNode
        var place: String

        func problem(_ key: String) -> WarrenError {
            WarrenError(.invalidHistory, "\(place): '\(key)' is missing or not what it should be.")
        }

        func isAbsent(_ key: String) -> Bool { value[key].map(\.isNull) ?? true }

        func text(_ key: String) throws -> String {
            guard let text = value[key]?.string else { throw problem(key) }
            return text
        }

        func id(_ key: String = "id") throws -> Int {
            guard let id = value[key]?.integer.flatMap({ Int(exactly: $0) }) else { throw problem(key) }
            return id
        }

        var trace: TraceContext? {
            value["traceparent"]?.string.flatMap {
                TraceContext(traceparent: $0, tracestate: value["tracestate"]?.string)
            }
        }

        /// A payload; an absent one is `null`, as everywhere.
        func payload(_ key: String) -> Payload { value[key].map(\.payload) ?? .null }

        func time(_ key: String) throws -> Timestamp {
            guard let time = ISO8601.timestamp(try text(key)) else { throw problem(key) }
            return time
        }

        func optionalTime(_ key: String) throws -> Timestamp? { isAbsent(key) ? nil : try time(key) }

        func failure(_ key: String = "failure") throws -> FailureDetails {
            guard let failure = value[key] else { throw problem(key) }
            return try Fields(value: failure, place: "\(place), \(key)").details()
        }

        private func details() throws -> FailureDetails {
            var details = FailureDetails(
                type: try text("type"), message: try text("message"), stack: value["stack"]?.string,
                details: isAbsent("details") ? nil : value["details"]?.payload,
                isNonRetriable: value["isNonRetriable"]?.bool ?? false)
            if let inner = value["inner"]?.elements {
                details.inner = try inner.map { try Fields(value: $0, place: place + ", inner").details() }
            }
            return details
        }
    }
}
