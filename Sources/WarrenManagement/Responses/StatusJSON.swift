#if HTTP
import Warren
import WarrenSupport

/// An instance's status as a caller sees it: eight members, always all of them, times in UTC to the second; the time for
/// which its start was scheduled, if it was; the history, if it was asked for; and what the host left out, if anything.
struct StatusJSON {
    let status: OrchestrationStatus
    var showsInput = true
    var showsOutputInHistory = false

    var members: JSONObjectWriter {
        var json = JSONObjectWriter()
        json.add("name", status.name)
        json.add("instanceId", status.instanceID)
        json.add("runtimeStatus", status.runtimeStatus.rawValue)
        json.add("input", showsInput ? status.input : nil)
        json.add("customStatus", status.customStatus)
        if let failure = status.failure, status.runtimeStatus == .failed {
            json.add("output", "\(failure.type): \(failure.message)")
            // One member more than Azure has, and only where the failure carries data.
            if let details = failure.details { json.add("failureDetails", details) }
        } else {
            json.add("output", status.output)
        }
        json.add("createdTime", Self.text(status.createdAt))
        json.add("lastUpdatedTime", Self.text(status.lastUpdatedAt))
        if let start = status.scheduledStart { json.add("scheduledStartTime", Self.text(start)) }
        let omitted = omitted
        if !omitted.isEmpty {
            json.add("omitted", Payload(JSONValue.array(omitted.map { .string($0) })))
        }
        if let history = status.history {
            var open: Set<Int> = []
            HistoryJSON.track(&open, history)
            var rows = HistoryJSON(showsInput: showsInput, showsOutput: showsOutputInHistory, open: open)
            json.add("historyEvents", rows.rows(of: history))
        }
        return json
    }

    /// The members that are `null` because the host's answer had no room for them, and `historyEvents` if events have a
    /// note in the place of their payload. What is not shown anyway is not missing.
    private var omitted: [String] {
        (status.omitted ?? []).compactMap { word in
            switch word {
            case "input": showsInput ? word : nil
            case "output", "customStatus": word
            case "history": "historyEvents"
            default: nil
            }
        }
    }

    /// To the second, rounded down.
    private static func text(_ time: Timestamp) -> String { ISO8601.text(secondOf: time) }
}
#endif
