#if HTTP
import Warren
import WarrenSupport

/// A history as callers of the HTTP API know it: the present generation only, without the events that begin episodes,
/// each request merged into its answer.
///
/// It is written in parts, in order, and keeps only open requests.
struct HistoryJSON {
    var showsInput: Bool
    var showsOutput: Bool
    /// The requests without an answer in the history: they have rows of their own.
    let open: Set<Int>

    private var asked: [Int: (name: String, time: Timestamp)] = [:]
    private var timers: [Int: Timestamp] = [:]
    private var time = Timestamp(microseconds: 0)

    init(showsInput: Bool, showsOutput: Bool, open: Set<Int>) {
        self.showsInput = showsInput
        self.showsOutput = showsOutput
        self.open = open
    }

    /// Updates the open requests from one more part of a history.
    ///
    /// - Parameter history: events as hosts send them, each one JSON object.
    static func track(_ open: inout Set<Int>, _ history: [Payload]) {
        guard let events = parse(history) else { return }
        for event in events {
            switch event {
            case .taskScheduled(let id, _, _, _), .subOrchestrationCreated(let id, _, _, _, _): open.insert(id)
            default: if let id = event.answeredID { open.remove(id) }
            }
        }
    }

    /// - Parameter history: the next events, as hosts send them, each one JSON object.
    mutating func rows(of history: [Payload]) -> [JSONObjectWriter] {
        if let events = Self.parse(history) { return rows(of: events) }
        // Events of a host of another version are passed on unchanged.
        return history.map { event in
            var row = JSONObjectWriter()
            row.add("EventType", "GenericEvent")
            row.add("Data", event)
            return row
        }
    }

    /// Parses events; `nil` if this version does not know one of them.
    private static func parse(_ history: [Payload]) -> [HistoryEvent]? {
        try? HistoryEvent.history(json: Payload(json: "[" + history.map(\.json).joined(separator: ",") + "]"))
    }

    private mutating func rows(of events: [HistoryEvent]) -> [JSONObjectWriter] {
        var rows: [JSONObjectWriter] = []
        for event in events {
            switch event {
            case .orchestratorStarted(let now): time = now
            case .taskScheduled(let id, let name, _, _), .subOrchestrationCreated(let id, let name, _, _, _):
                if open.contains(id) { rows.append(row(of: event, at: time)) } else { asked[id] = (name, time) }
            case .taskCompleted(let id, _), .taskFailed(let id, _), .subOrchestrationCompleted(let id, _),
                .subOrchestrationFailed(let id, _):
                rows.append(row(of: event, at: time, asked: asked.removeValue(forKey: id)))
            case .taskCanceled(let id):
                rows.append(row(of: event, at: time, asked: asked.removeValue(forKey: id)))
            case .timerCreated(let id, let fireAt):
                timers[id] = fireAt
                rows.append(row(of: event, at: time))
            case .timerFired(let id):
                rows.append(row(of: event, at: time, fireAt: timers.removeValue(forKey: id)))
            default: rows.append(row(of: event, at: time))
            }
        }
        return rows
    }

    private func row(
        of event: HistoryEvent, at time: Timestamp, asked: (name: String, time: Timestamp)? = nil,
        fireAt: Timestamp? = nil
    ) -> JSONObjectWriter {
        var row = JSONObjectWriter()
        row.add("EventType", event.typeName)
        row.add("Timestamp", Self.text(time))
        if let asked {
            row.add("FunctionName", asked.name)
            row.add("ScheduledTime", Self.text(asked.time))
        }
        switch event {
        case .executionStarted(let facts):
            row.add("FunctionName", facts.name)
            if showsInput { row.add("Input", facts.input) }
            if let start = facts.scheduledStart { row.add("ScheduledStartTime", Self.text(start)) }
            if let trace = facts.trace { row.add("ParentTraceContext", Self.members(trace)) }
        case .taskScheduled(_, let name, let input, _):
            row.add("Name", name)
            if showsInput { row.add("Input", input) }
        case .subOrchestrationCreated(_, let name, let instanceID, let input, _),
            .orchestrationStarted(_, let name, let instanceID, let input, _, _),
            .eventSent(_, let instanceID, let name, let input):
            row.add("Name", name)
            row.add("InstanceId", instanceID)
            if showsInput { row.add("Input", input) }
        case .taskCompleted(_, let result), .subOrchestrationCompleted(_, let result):
            if showsOutput { row.add("Result", result) }
        case .taskFailed(_, let failure), .subOrchestrationFailed(_, let failure):
            row.add("Reason", failure.message)
            row.add("Details", failure.stack ?? "")
            row.add("FailureDetails", Self.members(failure))
        case .taskHeartbeat(_, let details): if showsOutput { row.add("Details", details) }
        case .timerCreated(_, let fireAt): row.add("FireAt", Self.text(fireAt))
        case .timerFired: if let fireAt { row.add("FireAt", Self.text(fireAt)) }
        case .eventRaised(let name, let input, let trace):
            row.add("Name", name)
            if showsInput { row.add("Input", input) }
            if let trace { row.add("ParentTraceContext", Self.members(trace)) }
        case .executionSuspended(let reason), .executionResumed(let reason):
            if let reason { row.add("Reason", reason) }
        case .executionTerminated(let reason): if let reason { row.add("Input", reason) }
        case .executionRewound(let facts):
            if let reason = facts.reason { row.add("Reason", reason) }
            if let parent = facts.parent { row.add("ParentExecutionId", parent.executionID) }
            row.add("InstanceId", facts.instanceID)
        case .executionCompleted(let status, let output, let failure):
            row.add("OrchestrationStatus", status.rawValue)
            if showsOutput { row.add("Result", output) }
            if let failure { row.add("FailureDetails", Self.members(failure)) }
        case .continuedAsNew(let input):
            row.add("OrchestrationStatus", RuntimeStatus.continuedAsNew.rawValue)
            if showsOutput { row.add("Result", input) }
        case .updateAccepted(let id, let name, let input):
            row.add("Name", name)
            row.add("UpdateId", id)
            if showsInput { row.add("Input", input) }
        case .updateCompleted(let id, let result, let failure):
            row.add("UpdateId", id)
            if let failure {
                row.add("FailureDetails", Self.members(failure))
            } else if showsOutput {
                row.add("Result", result)
            }
        case .tagSet(let name, let value):
            row.add("Name", name)
            if let value { row.add("Value", value) }
        case .patchMarked(let name, let isDeprecated):
            row.add("Name", name)
            if isDeprecated { row.add("IsDeprecated", true) }
        case .orchestratorStarted, .taskCanceled: break
        }
        return row
    }

    private static func members(_ trace: TraceContext) -> Payload {
        var json = JSONObjectWriter()
        json.add("TraceParent", trace.traceparent)
        if let state = trace.tracestate { json.add("TraceState", state) }
        return Payload(bytes: json.bytes)
    }

    private static func members(_ failure: FailureDetails) -> Payload {
        var json = JSONObjectWriter()
        json.add("ErrorType", failure.type)
        json.add("ErrorMessage", failure.message)
        if let stack = failure.stack { json.add("StackTrace", stack) }
        if let details = failure.details { json.add("Details", details) }
        if let inner = failure.inner.first { json.add("InnerFailure", members(inner)) }
        json.add("IsNonRetriable", Payload(json: failure.isNonRetriable ? "true" : "false"))
        return Payload(bytes: json.bytes)
    }

    /// Writes a time with seven digits of fraction.
    private static func text(_ time: Timestamp) -> String { ISO8601.text(time, fractionDigits: 7) }
}

extension HistoryEvent {
    /// The number of the request that this event answers.
    fileprivate var answeredID: Int? {
        switch self {
        case .taskCompleted(let id, _), .taskFailed(let id, _), .taskCanceled(let id),
            .subOrchestrationCompleted(let id, _), .subOrchestrationFailed(let id, _):
            id
        default: nil
        }
    }

    /// The name that callers of the HTTP API know.
    fileprivate var typeName: String {
        switch self {
        case .orchestratorStarted: "OrchestratorStarted"
        case .executionStarted: "ExecutionStarted"
        case .taskScheduled: "TaskScheduled"
        case .taskCompleted: "TaskCompleted"
        case .taskFailed: "TaskFailed"
        case .taskCanceled: "TaskCanceled"
        case .taskHeartbeat: "TaskHeartbeat"
        case .subOrchestrationCreated, .orchestrationStarted: "SubOrchestrationInstanceCreated"
        case .subOrchestrationCompleted: "SubOrchestrationInstanceCompleted"
        case .subOrchestrationFailed: "SubOrchestrationInstanceFailed"
        case .timerCreated: "TimerCreated"
        case .timerFired: "TimerFired"
        case .eventSent: "EventSent"
        case .patchMarked: "MarkerRecorded"
        case .updateAccepted: "UpdateAccepted"
        case .updateCompleted: "UpdateCompleted"
        case .tagSet: "TagSet"
        case .eventRaised: "EventRaised"
        case .executionSuspended: "ExecutionSuspended"
        case .executionResumed: "ExecutionResumed"
        case .executionTerminated: "ExecutionTerminated"
        case .executionRewound: "ExecutionRewound"
        case .executionCompleted: "ExecutionCompleted"
        case .continuedAsNew: "ContinueAsNew"
        }
    }
}
#endif
