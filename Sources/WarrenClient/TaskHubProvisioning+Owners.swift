import Logging
package import WarrenMessaging

/// Whose a hub is, and giving it up.
extension TaskHubProvisioning {
    /// Which store each partition belongs to; `nil` for one that no host has had yet.
    package func owners(partitions: Int) async throws -> [OwnerRecord?] {
        var owners: [OwnerRecord?] = []
        for queue in ownerQueues(partitions) { owners.append(try await queue.owner()) }
        return owners
    }

    /// Forgets whose the hub is: the next host that starts gets it, whatever is in its data directory. For a hub whose
    /// data is lost for good.
    ///
    /// - Returns: whose the partitions were.
    /// - Throws: ``ClientError`` with code `rejected` while a host runs, which the hub then still belongs to.
    package func release() async throws -> [OwnerRecord?] {
        let partitions = try await verify(partitions: nil)
        var owners: [OwnerRecord?] = []
        for queue in ownerQueues(partitions) {
            do {
                owners.append(try await queue.release())
            } catch let error as MessagingError where error.code == .inUse {
                let owner = try await queue.owner()
                throw ClientError(
                    .rejected,
                    "The hub's host is running" + (owner.map { " (\($0))" } ?? "")
                        + ". Stop it first; a hub that is in use cannot be given up.")
            }
        }
        return owners
    }

    private func ownerQueues(_ partitions: Int) -> [OwnerQueue] {
        (0..<partitions).map {
            OwnerQueue(
                hub, partition: $0, of: partitions, on: transport,
                logger: Logger(label: "warren", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
    }
}
