import Logging
import Warren
package import WarrenMessaging

/// Reads and deletes the ownership records of a hub.
extension TaskHubProvisioning {
    /// The store that each partition belongs to; `nil` for one that no host has had yet.
    package func owners(partitions: Int) async throws -> [OwnerRecord?] {
        var owners: [OwnerRecord?] = []
        for queue in ownerQueues(partitions) { owners.append(try await queue.owner()) }
        return owners
    }

    /// Deletes the ownership records: the next host to start claims the partitions, whatever is in its data directory.
    /// For a hub with permanently lost data.
    ///
    /// - Returns: the deleted records.
    /// - Throws: ``ClientError`` with code `rejected` while a host runs, to which the hub then still belongs.
    package func release() async throws -> [OwnerRecord?] {
        let partitions = try await verify(partitions: nil)
        // Hosts of a hub with journals hold no lock of these records.
        if try await durability(partitions: partitions) == .journal {
            let hosts = try await sharing(partitions: partitions).hosts
            if let host = hosts.first {
                throw ClientError(
                    .rejected,
                    "\(hosts.count == 1 ? "A host" : "\(hosts.count) hosts") of the hub run (process \(host.process) on "
                        + "'\(host.name)'). Stop them first; a hub that is in use cannot be given up.")
            }
        }
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
