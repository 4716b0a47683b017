package import Warren
package import WarrenMessaging

/// A call of an activity with limits, with the partition that gives out the activity's permits: it waits for one, or has
/// one.
package struct PermitCall: Sendable, Hashable {
    /// Names a call over the whole hub.
    package struct Key: Sendable, Hashable {
        package var partition: Int
        package var instanceID: String
        package var executionID: String
        package var taskID: Int

        package init(_ token: TaskToken) {
            partition = token.partition
            instanceID = token.instanceID
            executionID = token.executionID
            taskID = token.taskID
        }
    }

    /// The number of its row. The numbers of calls that wait rise in the order of their arrival.
    package var id: Int64
    package var activity: String
    package var token: TaskToken
    package var priority: Int
    package var fairnessKey: String
    /// The time of the call's arrival; of one that has a permit, the time when it got it.
    package var since: Timestamp
    /// Whether it has a permit.
    package var isGiven = false
    /// Of a call that has ended while a worker may be busy with it: the time until which its permit is kept.
    package var busyUntil: Timestamp?

    package init(
        id: Int64, activity: String, token: TaskToken, priority: Int = CallOrder.usualPriority,
        fairnessKey: String = "",
        since: Timestamp
    ) {
        self.id = id
        self.activity = activity
        self.token = token
        self.priority = priority
        self.fairnessKey = fairnessKey
        self.since = since
    }

    package var key: Key { Key(token) }
}

/// The rows in which a partition keeps calls and limits: held messages without a body. All that is known stands in their
/// subjects, which are in memory anyway when a partition is opened.
package enum PermitSubject {
    private static let callPrefix = "permit:"
    private static let limitsPrefix = "limits:"
    /// Separates fields: names, IDs and keys have no control characters.
    private static let separator: Character = "\n"

    package static func of(_ call: PermitCall) -> String {
        let token = call.token
        let fields = [
            call.isGiven ? "given" : "waits", call.activity, "\(call.priority)", "\(call.since.microseconds)",
            call.busyUntil.map { "\($0.microseconds)" } ?? "", "\(token.partition)", "\(token.taskID)",
            token.executionID, token.instanceID, call.fairnessKey,
        ]
        return callPrefix + fields.joined(separator: String(separator))
    }

    /// The call of a row; `nil` for the row of another kind.
    package static func call(_ subject: String, id: Int64) -> PermitCall? {
        guard subject.hasPrefix(callPrefix) else { return nil }
        var fields = subject.dropFirst(callPrefix.count).split(separator: separator, omittingEmptySubsequences: false)
            .makeIterator()
        func text() -> String? { fields.next().map(String.init) }
        guard let state = text(), let activity = text(), let priority = text().flatMap({ Int($0) }),
            let since = text().flatMap({ Int64($0) }), let busyUntil = text(),
            let partition = text().flatMap({ Int($0) }), let taskID = text().flatMap({ Int($0) }),
            let executionID = text(), let instanceID = text(), let key = text(), text() == nil
        else { return nil }
        var call = PermitCall(
            id: id, activity: activity,
            token: TaskToken(
                partition: partition, instanceID: instanceID, executionID: executionID, taskID: taskID),
            priority: priority, fairnessKey: key, since: Timestamp(microseconds: since))
        call.isGiven = state == "given"
        call.busyUntil = Int64(busyUntil).map { Timestamp(microseconds: $0) }
        return call
    }

    package static func of(_ limits: KnownLimits) -> String {
        limitsPrefix + limits.activity + String(separator) + limits.json
    }

    /// The limits of a row; `nil` for the row of another kind.
    package static func limits(_ subject: String) -> KnownLimits? {
        guard subject.hasPrefix(limitsPrefix) else { return nil }
        var fields = subject.dropFirst(limitsPrefix.count).split(separator: separator, maxSplits: 1).makeIterator()
        guard let activity = fields.next(), let json = fields.next() else { return nil }
        return KnownLimits(activity: String(activity), json: String(json))
    }
}
