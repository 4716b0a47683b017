import Warren
import WarrenClient
import WarrenSupport

/// An instance as one JSON object: times as RFC 3339, payloads as they are.
struct StatusJSON {
    let text: String
    /// The object without its closing brace, for a history that is written piece by piece.
    let openText: String

    init(_ status: OrchestrationStatus) {
        var object = JSONObjectWriter()
        object.add("name", status.name)
        object.add("instanceId", status.instanceID)
        object.add("executionId", status.executionID)
        object.add("runtimeStatus", status.runtimeStatus.rawValue)
        object.add("createdTime", ISO8601.text(status.createdAt))
        object.add("lastUpdatedTime", ISO8601.text(status.lastUpdatedAt))
        if let start = status.scheduledStart { object.add("scheduledStartTime", ISO8601.text(start)) }
        object.add("input", status.input)
        object.add("output", status.output)
        object.add("customStatus", status.customStatus)
        object.add("failure", raw: status.failure.map(StatusJSON.failure) ?? "null")
        var tags = JSONObjectWriter()
        for (key, value) in status.tags.sorted(by: { $0.key < $1.key }) { tags.add(key, value) }
        object.add("tags", raw: tags.text)
        object.add("openTasks", status.openTasks)
        if let omitted = status.omitted, !omitted.isEmpty { object.add("omitted", omitted) }
        openText = String(decoding: object.openBytes, as: UTF8.self)
        if let history = status.history {
            object.add("historyEvents", raw: "[" + history.map(\.json).joined(separator: ",") + "]")
        }
        text = object.text
    }

    static func failure(_ failure: FailureDetails) -> String {
        var object = JSONObjectWriter()
        object.add("type", failure.type)
        object.add("message", failure.message)
        if let stack = failure.stack { object.add("stack", stack) }
        if let details = failure.details { object.add("details", raw: details.json) }
        object.add("isNonRetriable", failure.isNonRetriable)
        object.add("inner", raw: "[" + failure.inner.map(StatusJSON.failure).joined(separator: ",") + "]")
        return object.text
    }
}
