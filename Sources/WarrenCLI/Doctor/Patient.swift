import Logging
import Warren
import WarrenClient
import WarrenMessaging

/// A hub under examination: where it is, and what the checks so far have found out.
struct Patient: Sendable {
    let brokerURL: String
    let hub: TaskHubName
    /// The data directory of one of its hosts, if it was named.
    let data: String?
    /// The time to wait for each answer.
    let patience: Duration
    let logger: Logger

    /// The connection, once there is one.
    var provisioning: TaskHubProvisioning?
    /// The number of the hub's partitions; `nil` if there is no hub.
    var partitions: Int?
    var durability = Durability.local
    /// What the hosts of a hub with journals say.
    var sharing: HubSharing?
    /// Whether the broker takes messages. Otherwise hosts can neither say that they are there nor answer.
    var takesMessages = true
    /// Whether a host answers questions.
    var hasHost = false

    /// ` --hub NAME`, for commands in remedies.
    var hubOption: String { " --hub \(hub)" }

    /// The user of the connection, and the virtual host, for commands in remedies.
    var login: (user: String, virtualHost: String) {
        guard let address = try? BrokerAddress(brokerURL) else { return ("USER", "/") }
        return (address.user, address.virtualHost)
    }

    /// The command that gives the user what an examination needs: a host's rights, and a queue for answers, which is no part of
    /// the hub and which a host has no need of.
    var grant: String {
        let (user, virtualHost) = login
        let own = "(reply\\.)?\(hub)\\."
        return "rabbitmqctl set_permissions -p \(virtualHost) \(user) '^\(own)' '^(\(own)|amq\\.default$)' '^\(own)'"
    }

    /// Asks the hub's hosts something, over the connection that there is.
    func ask<Value>(_ body: (TaskHubClient) async throws -> Value) async throws -> Value? {
        guard let provisioning, hasHost, takesMessages else { return nil }
        let client = try await TaskHubClient(
            hub: hub.text, transport: provisioning.transport, timeout: patience, logger: logger)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }
}
