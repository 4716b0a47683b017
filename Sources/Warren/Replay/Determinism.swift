/// Compares the actions of orchestrator code on replay with the recorded ones.
enum Determinism {
    /// The first difference, in words; `nil` if there is none.
    ///
    /// Compared are the kind, the name, the instance addressed and the input. Times of timers are not compared: the
    /// recorded one holds, so that changing a delay in the code does no harm to instances under way. The number of an
    /// activity's attempt, the limits of its call, and the version of a child are not compared either.
    static func difference(
        _ asked: OrchestratorAction, _ recorded: HistoryEvent, _ isSameInput: (Payload) -> Bool
    ) -> String? {
        switch (asked, recorded) {
        case (.scheduleTask(_, let name, let input, _), .taskScheduled(_, let oldName, let oldInput, _)):
            return names(name, oldName) ?? inputs(input, oldInput, isSameInput)
        case (
            .createSubOrchestration(_, let name, let id, let input, _),
            .subOrchestrationCreated(_, let oldName, let oldID, let oldInput, _)
        ):
            return names(name, oldName) ?? instances(id, oldID) ?? inputs(input, oldInput, isSameInput)
        case (.createTimer, .timerCreated): return nil
        case (.sendEvent(_, let id, let name, let input), .eventSent(_, let oldID, let oldName, let oldInput)):
            return names(name, oldName) ?? instances(id, oldID) ?? inputs(input, oldInput, isSameInput)
        case (
            .startOrchestration(_, let name, let id, let input, _, _),
            .orchestrationStarted(_, let oldName, let oldID, let oldInput, _, _)
        ):
            return names(name, oldName) ?? instances(id, oldID) ?? inputs(input, oldInput, isSameInput)
        default: return "the kinds differ"
        }
    }

    private static func names(_ asked: String, _ recorded: String) -> String? {
        asked.isExactly(recorded) ? nil : "the names differ"
    }

    private static func instances(_ asked: String, _ recorded: String) -> String? {
        asked.isExactly(recorded) ? nil : "the instance IDs differ: '\(asked)' now, '\(recorded)' in the history"
    }

    private static func inputs(_ asked: Payload, _ recorded: Payload, _ isSame: (Payload) -> Bool) -> String? {
        if asked.bytes == recorded.bytes || JSONComparison.areEqual(asked, recorded) == true { return nil }
        if isSame(recorded) { return nil }
        let place = zip(asked.bytes, recorded.bytes).prefix { $0 == $1 }.count
        return "the inputs differ from byte \(place) on: \(excerpt(asked, place)) now, "
            + "\(excerpt(recorded, place)) in the history"
    }

    /// Up to 60 bytes around a place, cut between characters where lossy decoding permits.
    private static func excerpt(_ payload: Payload, _ place: Int) -> String {
        let start = max(0, place - 20)
        let end = min(payload.bytes.count, start + 60)
        guard start < end else { return "nothing" }
        let text = String(decoding: payload.bytes[start..<end], as: UTF8.self)
        return (start > 0 ? "…" : "") + text + (end < payload.bytes.count ? "…" : "")
    }

    /// A few words for a recorded action, as the report shows it.
    static func words(_ event: HistoryEvent?) -> String {
        switch event {
        case .taskScheduled(_, let name, _, _): "activity '\(name)'"
        case .subOrchestrationCreated(_, let name, let id, _, _): "sub-orchestration '\(name)' ('\(id)')"
        case .timerCreated: "a timer"
        case .eventSent(_, let id, let name, _): "event '\(name)' to '\(id)'"
        case .orchestrationStarted(_, let name, let id, _, _, _): "start of orchestration '\(name)' ('\(id)')"
        default: "nothing"
        }
    }
}
