import Warren
import WarrenMessaging

extension TaskHubHost {
    /// Refuses a hub of another durability: an orchestrator host would keep what it acknowledges in the wrong place.
    ///
    /// - Parameter isCreated: whether the hub has partitions. One whose creation was interrupted may have only journals.
    func checkDurability(of transport: any MessageTransport, isCreated: Bool) async throws {
        guard configuration.roles.contains(.orchestrator) else { return }
        let found = try await HubSize.durability(of: names, on: transport, partitions: configuration.partitionCount)
        guard found != configuration.durability, isCreated || found == .journal else { return }
        throw HostError(
            .topology,
            "durability: the hub '\(configuration.hub)' has the durability '\(found)', fixed when it was created, not "
                + "'\(configuration.durability)'. Set the configuration's durability to '\(found)', or use another "
                + "hub.")
    }
}
