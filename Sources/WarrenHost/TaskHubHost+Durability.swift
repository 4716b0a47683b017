import Logging
import Warren
import WarrenMessaging
import WarrenSupport

extension TaskHubHost {
    /// Refuses a hub of another durability: an orchestrator host would keep what it acknowledges in the wrong place.
    ///
    /// - Parameter isCreated: whether the hub has partitions. After an interrupted creation it may have only journals.
    func checkDurability(of transport: any MessageTransport, isCreated: Bool) async throws {
        guard configuration.roles.contains(.orchestrator) else { return }
        let found = try await HubSize.durability(of: names, on: transport, partitions: configuration.partitionCount)
        guard found != configuration.storage.durability, isCreated || found == .journal else { return }
        throw HostError(
            .topology,
            "storage.durability: the hub '\(configuration.hub)' has the durability '\(found)', fixed when it was created, not "
                + "'\(configuration.storage.durability)'. Set the configuration's 'storage.durability' to '\(found)', or use another "
                + "hub. 'warren hub journal' gives a hub of durability 'local' journals.")
    }

    /// Refuses journals of another size: the host makes snapshots before a journal is full, and has to know when that is.
    func checkJournals(of hub: Topology, on transport: any MessageTransport) async throws {
        guard configuration.storage.durability == .journal, configuration.roles.contains(.orchestrator) else { return }
        var journals = Topology(queues: hub.queues.filter(\.keepsArguments))
        for index in journals.queues.indices { journals.queues[index].keepsArguments = false }
        do {
            try await transport.verify(journals)
        } catch let error as MessagingError where error.code == .different {
            throw HostError(
                .topology,
                "journal.size: the journals of hub '\(configuration.hub)' were created with another size than "
                    + "\(configuration.journal.size). Set the configuration's 'journal.size' (--journal-bytes of the "
                    + "samples) to the value with which the hub was created: \(error)", cause: error)
        } catch {
            // Only who may declare a queue can compare it. The queues are there, which was checked before.
            logger.notice(
                "The size of the hub's journals cannot be compared with the configuration's 'journal.size'",
                metadata: [LogKey.journalBytes: "\(configuration.journal.size)", LogKey.error: "\(error)"])
        }
    }
}
