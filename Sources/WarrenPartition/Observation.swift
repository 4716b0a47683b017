package import Warren
package import WarrenMessaging

/// A fact about a partition's work that may interest people or instruments. It has no effect.
package enum Observation: Sendable {
    case messageRefused(Refusal)
    /// An instance ended with a failure.
    case instanceFailed(InstanceRecord)
    /// An instance is suspended because this host's code cannot run it.
    case instanceParked(InstanceRecord, Suspension)
    /// The row or the history of an instance cannot be read: it fails.
    case instanceDamaged(InstanceRecord, reason: String)
    /// An instance is failed because it kills the host.
    case killerFailed(instanceID: String, deaths: Int)
    /// An operation of an entity failed; its ID is given.
    case operationFailed(String, operation: String, FailureDetails)
    case rowSetAside(DamagedRow)
    /// The row that an alarm is for cannot be read.
    case alarmDropped(AlarmQueue.Subject, reason: String)
    /// Data that was looked up for an instance cannot be read.
    case lookupDropped(instance: Int64, reason: String)
    case waitersUnreadable(instanceID: String, reason: String)
    /// The sub-orchestrations of a purged instance are not known.
    case childrenUnreadable(instanceID: String, reason: String)
    /// The partition began or stopped taking starts, events and control messages from outside.
    case intake(isTaken: Bool, unconfirmed: Int)
    /// The partition began or stopped firing timers.
    case timers(fire: Bool, unconfirmed: Int)
    /// A worker has sent no sign of life: its work item is dispatched again.
    case workerSilent(LeaseNote)
    /// A worker returned its work item: it is dispatched again.
    case workGivenBack(LeaseNote)
    /// Heartbeats could not arrive for a while, so a worker's silence means nothing.
    case leaseProlonged(LeaseNote)
    /// What waits for the permits of an activity that this partition gives out, and how many it has given.
    case permits(activity: String, waiting: Int, given: Int)
    case heartbeat(instanceID: String)
    /// A time limit of an activity has run out: it fails.
    case activityTimedOut(instanceID: String, activity: String, timeout: ActivityTimeout)

    /// The work item that an observation is about.
    package struct LeaseNote: Sendable {
        package var instanceID: String
        package var activity: String
        /// The number of the dispatch that follows, or of the present one.
        package var attempt: Int
    }
}
