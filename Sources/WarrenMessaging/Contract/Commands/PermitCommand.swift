package import Warren

/// The messages between partitions about the permits of an activity with limits: the one that has the calling instance,
/// and the one that gives the activity's permits out.
///
/// Every message may arrive twice, late, or for a call that has ended meanwhile: its receiver then changes nothing, or
/// answers a grant that it cannot use with a release.
package struct PermitCommand: Sendable, Hashable {
    package enum Verb: String, Sendable, Hashable, CaseIterable {
        /// To the owner of the permits: a call waits.
        case request
        /// To the instance: the work item may be sent.
        case grant
        /// To the instance: too many calls wait, so the call fails.
        case refuse
        /// To the owner of the permits: the call has ended, or does not need the permit.
        case release
    }

    package var verb: Verb
    package var activity: String
    /// The call.
    package var token: TaskToken
    /// Of a request: the call's place.
    package var priority: Int
    package var fairnessKey: String
    /// Of a release: the time until which a worker may still be busy with the call; `nil` if none is.
    package var busyUntil: Timestamp?

    package init(
        _ verb: Verb, _ activity: String, of token: TaskToken, priority: Int = CallOrder.usualPriority,
        fairnessKey: String = "", busyUntil: Timestamp? = nil
    ) {
        self.verb = verb
        self.activity = activity
        self.token = token
        self.priority = priority
        self.fairnessKey = fairnessKey
        self.busyUntil = busyUntil
    }
}
