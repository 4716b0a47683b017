import Warren

/// An instance's status as a caller sees it: eight members, always all of them, times in UTC to the second; the time for
/// which its start was scheduled, if it was; and the history, if it was asked for.
struct StatusJSON {
    let status: OrchestrationStatus
    var showsInput = true
    var showsOutputInHistory = false

    var members: JSONMembers {
        var json = JSONMembers()
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
        if let history = status.history {
            json.add(
                "historyEvents",
                HistoryJSON(showsInput: showsInput, showsOutput: showsOutputInHistory).rows(of: history))
        }
        return json
    }

    /// To the second, rounded down.
    private static func text(_ time: Timestamp) -> String {
        let fraction = (time.microseconds % 1_000_000 + 1_000_000) % 1_000_000
        return ISO8601.text(Timestamp(microseconds: time.microseconds &- fraction))
    }
}
