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
        guard WireRules.isInstanceID(instanceID), let reads = reads(of: instanceID) else { return .askTheHub }
        let found = await reads.status(of: instanceID)
        guard let status = found.status, hasReferences(status) else { return found }
        return .askTheHub
    }

    /// The status of an instance as ``committedStatus(of:)`` gives it, if that is in memory: without waiting for anything.
    package func statusInMemory(of instanceID: String) -> StatusCopy? {
        guard let copy = reads(of: instanceID)?.copy(of: instanceID), !hasReferences(copy.status) else { return nil }
        return copy
    }

    /// Whether payloads of a status are in the hub's payload folder. A client gets them from there.
    private func hasReferences(_ status: OrchestrationStatus) -> Bool {
        guard configuration.payloads.directory != nil else { return false }
        return [status.input, status.output].contains { $0.flatMap(PayloadReference.init) != nil }
    }

    private func reads(of instanceID: String) -> CommittedReads? {
        guard case .running(let overview) = phase.withLock({ $0 }) else { return nil }
        return overview.reads(of: instanceID)
    }

    /// The name of the hub to which the host belongs.
    package var hub: String { configuration.hub }
}
