import WarrenSupport

/// Writes an instance as the command line prints it: every member, times as RFC 3339.
extension StatusJSON {
    package init(_ status: OrchestrationStatus) {
        self.init(
            status,
            [
                .name, .instanceID, .executionID, .runtimeStatus, .createdTime, .lastUpdatedTime, .scheduledStartTime,
                .input, .output, .customStatus, .failure, .tags, .parentID, .version, .suspension, .bodyEnd, .openTasks,
                .waitsFor, .omitted,
            ], time: { ISO8601.text($0) })
    }

    /// The object, with the history if `status` has one.
    package static func text(_ status: OrchestrationStatus) -> String {
        var json = StatusJSON(status)
        if let history = status.history { json.object.add("historyEvents", history) }
        return json.object.text
    }

    /// The object without its closing brace, for a history that is written piece by piece.
    package static func openText(_ status: OrchestrationStatus) -> String {
        String(decoding: StatusJSON(status).object.openBytes, as: UTF8.self)
    }
}
