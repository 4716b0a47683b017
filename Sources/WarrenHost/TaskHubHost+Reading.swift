import Synchronization
import Warren
import WarrenMessaging

/// Answers programs of the same process.
extension TaskHubHost {
    /// The status of an instance as of the last durable step of its partition, read without a message.
    ///
    /// Every effect that was accepted before the call is in it, as in the answer to a question by message. A partition
    /// that another host may take over (durability `journal`) is not read in this way: a host that was frozen would not
    /// know that it is no longer the owner.
    package func committedStatus(of instanceID: String) async -> CommittedStatus {
        guard WireRules.isInstanceID(instanceID), case .running(let overview) = phase.withLock({ $0 }),
            let reads = overview.reads(of: instanceID)
        else { return .askTheHub }
        return switch await reads.entry(of: instanceID) {
        case .status(let status): .found(status)
        case .unknown: .unknown
        case .askAlone: .askTheHub
        }
    }

    /// The name of the hub to which the host belongs.
    package var hub: String { configuration.hub }
}
