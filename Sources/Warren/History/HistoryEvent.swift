/// A recorded fact about one execution of an instance.
///
/// The names are those of the Durable Task Framework. There are two kinds of events: actions of the orchestrator
/// (`taskScheduled`, `timerCreated`, …), numbered by the execution's one sequence counter, and events that happened to
/// it (`taskCompleted`, `eventRaised`, …), which refer to an action by that number.
///
/// Its size is that of its largest case, and a long history has tens of thousands of events: the large and rare ones stand apart.
public enum HistoryEvent: Sendable, Hashable {
    /// An episode begins: the orchestrator's clock shows this time until the next one.
    case orchestratorStarted(Timestamp)
    /// The first event of every execution.
    indirect case executionStarted(ExecutionStarted)

    /// An attempt at an activity.
    case taskScheduled(id: Int, name: String, input: Payload, terms: TaskTerms = TaskTerms())
    case taskCompleted(id: Int, result: Payload)
    indirect case taskFailed(id: Int, failure: FailureDetails)
    /// The orchestrator gave an activity up: its answer does not count any more.
    case taskCanceled(id: Int)
    /// The details of the last heartbeat of an attempt, recorded when it fails: the next attempt gets them.
    case taskHeartbeat(id: Int, details: Payload)

    /// `version` is the one that the call asked for; `nil` if the child's host chose it.
    case subOrchestrationCreated(id: Int, name: String, instanceID: String, input: Payload, version: String? = nil)
    case subOrchestrationCompleted(id: Int, result: Payload)
    indirect case subOrchestrationFailed(id: Int, failure: FailureDetails)

    case timerCreated(id: Int, fireAt: Timestamp)
    case timerFired(id: Int)

    /// An event sent to another instance. It is not answered.
    case eventSent(id: Int, instanceID: String, name: String, input: Payload)
    /// An instance started without waiting for it. It is not answered.
    indirect case orchestrationStarted(
        id: Int, name: String, instanceID: String, input: Payload, startAt: Timestamp?, version: String? = nil)
    /// A patch that the code asked about and that holds for this execution. It has no number, so histories with and
    /// without it number their actions alike. A deprecated one may be missing in the code.
    case patchMarked(name: String, isDeprecated: Bool)
    /// An update that the code took. `id` tells updates apart.
    case updateAccepted(id: String, name: String, input: Payload)
    /// The result of an update, or how its handler failed. It follows from the code, again on every replay.
    indirect case updateCompleted(id: String, result: Payload, failure: FailureDetails?)
    /// A label that the code set, or removed if there is no value. It has no number, and the code may change it freely.
    case tagSet(name: String, value: String?)
    /// An external event, and the trace of the message that raised it, if it was in one. Names compare without regard to case.
    case eventRaised(name: String, input: Payload, trace: TraceContext? = nil)

    case executionSuspended(reason: String?)
    case executionResumed(reason: String?)
    case executionTerminated(reason: String?)
    /// The execution goes on from the events before: an operator rewound the instance, or reset it to a point.
    indirect case executionRewound(ExecutionRewound)

    /// The last event of a generation that continues as the next one.
    case continuedAsNew(input: Payload)
    /// The last event of an execution that ended.
    indirect case executionCompleted(RuntimeStatus, output: Payload, failure: FailureDetails?)
}
