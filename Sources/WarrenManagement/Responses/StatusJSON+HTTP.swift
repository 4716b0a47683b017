#if HTTP
import Warren
import WarrenClient
import WarrenSupport

/// Writes a status as callers of the HTTP API know it: eight members, always all of them, times in UTC to the second;
/// the time of a scheduled start, the version, and why it is suspended, as far as there is one; the history, if requested;
/// and the names of omitted members, if any.
///
/// `failureDetails` is one member more than Azure has, and only where the failure carries data.
extension StatusJSON {
    init(http status: OrchestrationStatus, showsInput: Bool = true, showsOutputInHistory: Bool = false) {
        var shown = status
        if !showsInput { shown.input = nil }
        shown.omitted = Self.omitted(status, showsInput: showsInput)
        self.init(
            shown,
            [
                .name, .instanceID, .runtimeStatus, .input, .customStatus, .outputOrFailure, .createdTime,
                .lastUpdatedTime, .scheduledStartTime, .version, .suspension, .omitted,
            ], time: { ISO8601.text(secondOf: $0) })
        guard let history = status.history else { return }
        var open: Set<Int> = []
        HistoryJSON.track(&open, history)
        var rows = HistoryJSON(showsInput: showsInput, showsOutput: showsOutputInHistory, open: open)
        object.add("historyEvents", rows.rows(of: history))
    }

    /// The members that are `null` because the host's answer had no room for them, and `historyEvents` if events have a
    /// note in the place of their payload. Members that are not shown anyway are left out.
    private static func omitted(_ status: OrchestrationStatus, showsInput: Bool) -> [String] {
        (status.omitted ?? []).compactMap { word in
            switch word {
            case "input": showsInput ? word : nil
            case "output", "customStatus": word
            case "history": "historyEvents"
            default: nil
            }
        }
    }
}
#endif
