import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Shows what waits at entities.
extension QueryReader {
    /// Adds to the status of an entity the requests that it has taken and not finished.
    ///
    /// One that cannot be read, or that has run since the question was taken, is only counted.
    func adding(
        queueOf instanceID: String, to status: OrchestrationStatus, _ question: PartitionQuestion
    ) throws -> OrchestrationStatus {
        guard let queue = question.queues[instanceID] else { return status }
        var waits = OpenWaits()
        for entry in queue.first {
            guard let body = try entry.body ?? store.heldMessage(entry.id), let raise = request(in: body) else {
                continue
            }
            let caller = EntityRequest(raise.payload)?.caller
            waits.listed.append(
                OpenWait(
                    kind: .request, name: raise.eventName, since: entry.since, instanceID: caller?.instanceID,
                    number: caller?.taskID))
        }
        waits.others = queue.count - waits.listed.count
        var status = status
        status.show(waits)
        return status
    }

    private func request(in body: [UInt8]) -> RaiseCommand? {
        do {
            guard case .raise(let raise) = try setup.wire.decodeHeld(body).command else { return nil }
            return raise
        } catch {
            // The entity sets it aside when its turn comes, and says so.
            return nil
        }
    }
}
