package import Warren
import WarrenSupport

/// Writes and reads an `OrchestrationStatus` as its `Codable` conformance does, at a fraction of the cost: also with IDs in two
/// spellings, of which earlier versions read the former one. Payloads are written as they are, with the space in them.
///
/// A server that shows many instances reads and writes thousands of them in a second: Foundation's coders would need more
/// time for that than everything else together. Histories are left out.
package enum StatusCodec {
    /// Encodes a status without its history. Members are sorted.
    package static func encode(_ status: OrchestrationStatus) throws -> Payload {
        var object = JSONObjectWriter()
        object.add("bodyEnd", ifPresent: status.bodyEnd?.rawValue)
        object.add("createdAt", raw: time(status.createdAt))
        object.add("customStatus", ifPresent: status.customStatus)
        object.add("executionID", status.executionID)
        object.add("executionId", status.executionID)
        if let failure = status.failure { object.add("failure", try QueryReplyCodec.encode(failure)) }
        if status.furtherWaits > 0 { object.add("furtherWaits", status.furtherWaits) }
        object.add("input", ifPresent: status.input)
        object.add("instanceID", status.instanceID)
        object.add("instanceId", status.instanceID)
        object.add("lastUpdatedAt", raw: time(status.lastUpdatedAt))
        object.add("name", status.name)
        if let omitted = status.omitted { object.add("omitted", omitted) }
        object.add("openTasks", status.openTasks)
        object.add("output", ifPresent: status.output)
        object.add("parentID", ifPresent: status.parentID)
        object.add("runtimeStatus", status.runtimeStatus.rawValue)
        if let start = status.scheduledStart { object.add("scheduledStart", raw: time(start)) }
        if let suspension = status.suspension { object.add("suspension", raw: self.suspension(suspension).bytes) }
        var tags = JSONObjectWriter()
        for (key, value) in status.tags.sorted(by: { $0.key < $1.key }) { tags.add(key, value) }
        object.add("tags", raw: tags.bytes)
        object.add("version", ifPresent: status.version)
        if !status.waits.isEmpty { object.add("waits", status.waits.map(wait)) }
        return object.payload
    }

    private static func suspension(_ suspension: Suspension) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("cause", suspension.cause.rawValue)
        object.add("reason", ifPresent: suspension.reason)
        if let since = suspension.since { object.add("since", raw: time(since)) }
        return object
    }

    private static func wait(_ wait: OpenWait) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("heartbeat", ifPresent: wait.heartbeat)
        object.add("instanceID", ifPresent: wait.instanceID)
        object.add("instanceId", ifPresent: wait.instanceID)
        object.add("kind", wait.kind.rawValue)
        object.add("name", ifPresent: wait.name)
        if let number = wait.number { object.add("number", number) }
        if let since = wait.since { object.add("since", raw: time(since)) }
        if let until = wait.until { object.add("until", raw: time(until)) }
        return object
    }

    private static func time(_ time: Timestamp) -> String { "{\"microseconds\":\(time.microseconds)}" }

    /// Decodes a status without its history; unknown members are ignored.
    package static func decode(_ object: JSONNode) throws -> OrchestrationStatus {
        let word = try text("runtimeStatus", of: object)
        guard let runtimeStatus = RuntimeStatus(rawValue: word) else { throw Unreadable(member: "runtimeStatus") }
        guard let createdAt = try time("createdAt", of: object) else { throw Unreadable(member: "createdAt") }
        guard let updatedAt = try time("lastUpdatedAt", of: object) else { throw Unreadable(member: "lastUpdatedAt") }
        var tags: [String: String] = [:]
        for (key, value) in object["tags"]?.members ?? [] { tags[key] = try text(value, "tags") }
        var status = OrchestrationStatus(
            name: try text("name", of: object), instanceID: try text("instanceId", "instanceID", of: object),
            executionID: try text("executionId", "executionID", of: object), runtimeStatus: runtimeStatus,
            createdAt: createdAt,
            lastUpdatedAt: updatedAt, input: payload("input", of: object), output: payload("output", of: object),
            customStatus: payload("customStatus", of: object),
            failure: try object["failure"].map { try QueryReplyCodec.decode(FailureDetails.self, from: $0.payload) },
            tags: tags, openTasks: try texts("openTasks", of: object) ?? [],
            scheduledStart: try time("scheduledStart", of: object))
        status.parentID = try optionalText("parentID", of: object)
        status.version = try optionalText("version", of: object)
        status.bodyEnd = try optionalText("bodyEnd", of: object).flatMap { RuntimeStatus(rawValue: $0) }
        if let suspension = object["suspension"], !suspension.isNull {
            status.suspension = Suspension(
                cause: .init(rawValue: try text("cause", of: suspension)),
                reason: try optionalText("reason", of: suspension), since: try time("since", of: suspension))
        }
        status.omitted = try texts("omitted", of: object)
        status.waits = try object["waits"]?.elements?.map(wait) ?? []
        status.furtherWaits = object["furtherWaits"]?.integer.map { Int(clamping: $0) } ?? 0
        return status
    }

    private static func wait(_ object: JSONNode) throws -> OpenWait {
        OpenWait(
            kind: .init(rawValue: try text("kind", of: object)), name: try optionalText("name", of: object),
            since: try time("since", of: object), until: try time("until", of: object),
            instanceID: try optionalText("instanceId", of: object) ?? optionalText("instanceID", of: object),
            number: object["number"]?.integer.map { Int(clamping: $0) }, heartbeat: payload("heartbeat", of: object))
    }

    /// `null` is no payload, as for the `Codable` conformance.
    private static func payload(_ key: String, of object: JSONNode) -> Payload? {
        object[key].flatMap { $0.isNull ? nil : $0.payload }
    }

    private static func time(_ key: String, of object: JSONNode) throws -> Timestamp? {
        guard let value = object[key] else { return nil }
        guard let microseconds = value["microseconds"]?.integer else { throw Unreadable(member: key) }
        return Timestamp(microseconds: microseconds)
    }

    private static func texts(_ key: String, of object: JSONNode) throws -> [String]? {
        try object[key]?.elements?.map { try text($0, key) }
    }

    private static func optionalText(_ key: String, of object: JSONNode) throws -> String? {
        try object[key].map { try text($0, key) }
    }

    private static func text(_ key: String, of object: JSONNode) throws -> String {
        guard let value = object[key] else { throw Unreadable(member: key) }
        return try text(value, key)
    }

    /// The text of a member that versions up to `7ae5bbe` spell otherwise.
    private static func text(_ key: String, _ former: String, of object: JSONNode) throws -> String {
        guard let value = object[key] ?? object[former] else { throw Unreadable(member: key) }
        return try text(value, key)
    }

    private static func text(_ value: JSONNode, _ key: String) throws -> String {
        guard let text = value.string else { throw Unreadable(member: key) }
        return text
    }

    private struct Unreadable: Error {
        let member: String
    }
}
