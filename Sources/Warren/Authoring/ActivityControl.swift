/// The worker's side of one run of an activity, as its context uses it.
package protocol ActivityControl: AnyObject, Sendable {
    /// Whether the caller gave the call up.
    var isCanceled: Bool { get }

    /// Notes a sign of life of the activity's code, with details if it gave any.
    func heartbeat(_ details: Payload?)
}
