import Warren
import WarrenSupport

/// What an import needs of a line of an export; see ``ExportLine``.
struct ExportedLine {
    let name: String
    let instanceID: String
    let status: RuntimeStatus
    let createdAt: Timestamp
    let scheduledStart: Timestamp?
    let input: Payload
    let tags: [String: String]
    /// The version with which the instance began; `nil` for none.
    let begunVersion: String?
    /// The instance that called this one; `nil` for none, and if the line has no history.
    let parentInstanceID: String?

    /// - Throws: a `UsageError` that names what is wrong.
    init(_ line: String) throws {
        let node: JSONNode
        do {
            node = try JSONNode(Payload(json: line))
        } catch {
            throw UsageError("is not JSON: \(error)")
        }
        guard let version = node["warrenExport"]?.integer else {
            throw UsageError("is no line of 'warren export': it has no member 'warrenExport'")
        }
        guard version == ExportLine.version else {
            throw UsageError(
                "has the format \(version), and this version reads \(ExportLine.version): use the warren that exported it"
            )
        }
        func text(_ key: String) throws -> String {
            guard let text = node[key]?.string else { throw UsageError("has no text '\(key)'") }
            return text
        }
        name = try text("name")
        instanceID = try text("instanceId")
        let word = try text("runtimeStatus")
        guard let status = RuntimeStatus(anyCase: word) else {
            throw UsageError("has an unknown status '\(word)'; there are \(RuntimeStatus.names)")
        }
        self.status = status
        guard let createdAt = ISO8601.timestamp(try text("createdTime")) else {
            throw UsageError("has no time as 'createdTime'")
        }
        self.createdAt = createdAt
        scheduledStart = node["scheduledStartTime"]?.string.flatMap { ISO8601.timestamp($0) }
        var tags: [String: String] = [:]
        for (key, value) in node["tags"]?.members ?? [] { tags[key] = value.string }
        self.tags = tags
        begunVersion = node["version"]?.string
        // An input that the host's answer had no room for stands in the first event of the generation.
        let start = node["historyEvents"]?.elements?.first { $0["type"]?.string == "ExecutionStarted" }
        parentInstanceID = start?["parent"]?["instanceID"]?.string
        let isOmitted = node["omitted"]?.elements?.contains { $0.string == "input" } ?? false
        guard let input = isOmitted ? start?["input"] : node["input"] ?? start?["input"] else {
            throw UsageError("has no input: export it with its history")
        }
        self.input = input.payload
    }
}
