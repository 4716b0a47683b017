package import WarrenSupport

/// Writes an instance's status as one JSON object, with the members that its caller names, in their order.
///
/// Payloads are written as they are. The scheduled start and the omitted parts have a member only if there are any.
package struct StatusJSON: Sendable {
    /// A member of the object; a comment gives its name in JSON where it differs.
    package enum Member: Sendable {
        case name
        case instanceID  // instanceId
        case executionID  // executionId
        case runtimeStatus
        case createdTime
        case lastUpdatedTime
        case scheduledStartTime
        case input
        case output
        /// `output`: for a failed instance the failure's type and message, with the failure's data as `failureDetails`.
        case outputOrFailure
        case customStatus
        case failure
        case tags
        case openTasks
        /// `waitsFor`: what the instance waits for, whether it is in memory or not; always an array. An element has
        /// `kind` (`event`, `activity`, `child`, `timer`, `start`) and, as far as they apply, `name`, `since`, `until`
        /// (times), `instanceId` (of a child), `id` (its number in the history) and `heartbeat` (the details of an activity's
        /// latest heartbeat). There are at most 100 tasks and 20
        /// events; `furtherWaits` counts the rest, if there is any.
        ///
        /// It says the same as `openTasks` in a form for programs. `OrchestrationStatus.waits` says when events are
        /// not known; with `openTasks` in `omitted`, tasks are not.
        case waitsFor
        /// `version`, only for an instance with one.
        case version
        /// `suspension`, only for a suspended instance: `cause` (`operator`, `nonDeterminism`, `version`), `reason`, `since`.
        case suspension
        /// `bodyEnd`, only while tasks keep an instance open after the end of its body: `Completed` or `Failed`.
        case bodyEnd
        /// `parentId`, only for an instance that another one called.
        case parentID
        case omitted
    }

    /// The object; a caller may add members to it.
    package var object = JSONObjectWriter()

    /// - Parameter time: writes a time as text.
    package init(_ status: OrchestrationStatus, _ members: [Member], time: (Timestamp) -> String) {
        for member in members { add(member, of: status, time) }
    }

    private mutating func add(_ member: Member, of status: OrchestrationStatus, _ time: (Timestamp) -> String) {
        switch member {
        case .name: object.add("name", status.name)
        case .instanceID: object.add("instanceId", status.instanceID)
        case .executionID: object.add("executionId", status.executionID)
        case .runtimeStatus: object.add("runtimeStatus", status.runtimeStatus.rawValue)
        case .createdTime: object.add("createdTime", time(status.createdAt))
        case .lastUpdatedTime: object.add("lastUpdatedTime", time(status.lastUpdatedAt))
        case .scheduledStartTime: object.add("scheduledStartTime", ifPresent: status.scheduledStart.map(time))
        case .input: object.add("input", status.input)
        case .output: object.add("output", status.output)
        case .outputOrFailure: addOutputOrFailure(of: status)
        case .customStatus: object.add("customStatus", status.customStatus)
        case .failure: object.add("failure", status.failure?.jsonObject().payload)
        case .tags:
            var tags = JSONObjectWriter()
            for (key, value) in status.tags.sorted(by: { $0.key < $1.key }) { tags.add(key, value) }
            object.add("tags", tags.payload)
        case .openTasks: object.add("openTasks", status.openTasks)
        case .waitsFor:
            object.add("waitsFor", status.waits.map { wait in Self.object(wait, time) })
            if status.furtherWaits > 0 { object.add("furtherWaits", status.furtherWaits) }
        case .version: object.add("version", ifPresent: status.version)
        case .suspension:
            guard let suspension = status.suspension else { break }
            var member = JSONObjectWriter()
            member.add("cause", suspension.cause.rawValue)
            member.add("reason", ifPresent: suspension.reason)
            member.add("since", ifPresent: suspension.since.map(time))
            object.add("suspension", member.payload)
        case .bodyEnd: object.add("bodyEnd", ifPresent: status.bodyEnd?.rawValue)
        case .parentID: object.add("parentId", ifPresent: status.parentID)
        case .omitted: if let omitted = status.omitted, !omitted.isEmpty { object.add("omitted", omitted) }
        }
    }

    private static func object(_ wait: OpenWait, _ time: (Timestamp) -> String) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("kind", wait.kind.rawValue)
        object.add("name", ifPresent: wait.name)
        object.add("since", ifPresent: wait.since.map(time))
        object.add("until", ifPresent: wait.until.map(time))
        object.add("instanceId", ifPresent: wait.instanceID)
        if let number = wait.number { object.add("id", number) }
        object.add("heartbeat", ifPresent: wait.heartbeat)
        return object
    }

    private mutating func addOutputOrFailure(of status: OrchestrationStatus) {
        if let failure = status.failure, status.runtimeStatus == .failed {
            object.add("output", "\(failure.type): \(failure.message)")
            object.add("failureDetails", ifPresent: failure.details)
        } else {
            object.add("output", status.output)
        }
    }
}
