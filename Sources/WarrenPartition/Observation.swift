package import Warren
package import WarrenMessaging

/// Something that a partition did and that people or instruments may want to know of. It has no effect.
package enum Observation: Sendable {
    case messageRefused(Refusal)
    /// An instance ended with a failure.
    case instanceFailed(InstanceRecord)
    /// The row or the history of an instance cannot be read: it fails.
    case instanceDamaged(InstanceRecord, reason: String)
    /// An instance that kills the host is failed.
    case killerFailed(instanceID: String, deaths: Int)
    case rowSetAside(DamagedRow)
    /// What an alarm is for cannot be read.
    case alarmDropped(AlarmQueue.Subject, reason: String)
    /// What was to be looked up for an instance cannot be read.
    case lookupDropped(instance: Int64, reason: String)
    case waitersUnreadable(instanceID: String, reason: String)
    /// The sub-orchestrations of a purged instance are not known.
    case childrenUnreadable(instanceID: String, reason: String)
    /// Whether starts, events and control messages from outside are taken has changed.
    case intake(isTaken: Bool, unconfirmed: Int)
    /// Whether timers fire has changed.
    case timers(fire: Bool, unconfirmed: Int)
    /// A worker has not been heard of: its work item is dispatched again.
    case workerSilent(LeaseNote)
    /// A worker gave its work item back: it is dispatched again.
    case workGivenBack(LeaseNote)
    /// Nobody could be heard for a while, so silence says nothing.
    case leaseProlonged(LeaseNote)
    case heartbeat(instanceID: String)

    /// Which work item an observation is about.
    package struct LeaseNote: Sendable {
        package var instanceID: String
        package var activity: String
        /// The dispatch that follows, or the present one.
        package var attempt: Int
    }
}
