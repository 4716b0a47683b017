/// An action that an orchestrator took in one episode. Actions are ordered by the moment at which they were taken.
///
/// Numbers (`id`) are from the execution's one sequence counter, which starts at 0. Its size is that of its largest case: a
/// large and rare one stands apart.
package enum OrchestratorAction: Sendable, Hashable {
    case scheduleTask(id: Int, name: String, input: Payload, terms: TaskTerms = TaskTerms())
    /// Gives up an activity that was called earlier, in this episode or before it. Has no number of its own.
    case cancelTask(id: Int)
    case createSubOrchestration(id: Int, name: String, instanceID: String, input: Payload, version: String? = nil)
    /// - `after`: the length of a relative timer. `fireAt` counts it from the execution's clock.
    case createTimer(id: Int, fireAt: Timestamp, after: Duration? = nil)
    /// Cancels a timer created earlier, in this episode or before it. Has no number and no history event.
    case cancelTimer(id: Int)
    case sendEvent(id: Int, instanceID: String, name: String, input: Payload)
    indirect case startOrchestration(
        id: Int, name: String, instanceID: String, input: Payload, startAt: Timestamp?, version: String? = nil)
    /// Records a patch that holds for the execution. Has no number.
    case markPatch(name: String, isDeprecated: Bool)
    /// Sets a label of the instance; `nil` removes it. Has no number.
    case setTag(name: String, value: String?)
    /// A line for the console queue. `number` counts an execution's lines from 0; not part of the history.
    case printLine(number: Int, level: ConsoleLevel, text: String)

    /// Sets aside, as a dead letter, an external event that no wait can read. The history has it as `eventRaised`; that
    /// it is set aside follows from the code, again on every replay.
    case setAsideEvent(name: String, input: Payload, reason: String)

    /// The event by which the history records this action; `nil` if it is not recorded.
    package var recordedEvent: HistoryEvent? {
        switch self {
        case .scheduleTask(let id, let name, let input, let terms):
            .taskScheduled(id: id, name: name, input: input, terms: terms)
        case .cancelTask(let id): .taskCanceled(id: id)
        case .createSubOrchestration(let id, let name, let instanceID, let input, let version):
            .subOrchestrationCreated(id: id, name: name, instanceID: instanceID, input: input, version: version)
        case .createTimer(let id, let fireAt, _):
            .timerCreated(id: id, fireAt: fireAt)
        case .sendEvent(let id, let instanceID, let name, let input):
            .eventSent(id: id, instanceID: instanceID, name: name, input: input)
        case .startOrchestration(let id, let name, let instanceID, let input, let startAt, let version):
            .orchestrationStarted(
                id: id, name: name, instanceID: instanceID, input: input, startAt: startAt, version: version)
        case .markPatch(let name, let isDeprecated): .patchMarked(name: name, isDeprecated: isDeprecated)
        case .setTag(let name, let value): .tagSet(name: name, value: value)
        case .cancelTimer, .printLine, .setAsideEvent:
            nil
        }
    }

    /// Whether the history records this action.
    var isRecorded: Bool {
        switch self {
        case .cancelTimer, .printLine, .setAsideEvent: false
        default: true
        }
    }

    /// This action, with the time of a relative timer counted from a wall clock instead of the execution's own.
    ///
    /// The execution's clock never goes back. If the machine's clock was ahead once, it leads by as much from then on,
    /// and timers that fire by the wall clock would be late by as much.
    package func timed(from wallClock: Timestamp) -> OrchestratorAction {
        guard case .createTimer(let id, _, let after?) = self else { return self }
        return .createTimer(id: id, fireAt: wallClock.advanced(by: after), after: after)
    }
}
