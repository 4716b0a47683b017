package import Warren

/// A hub as one of its hosts knows it.
package struct HubDescription: Sendable, Hashable, Codable {
    package var hub: String
    package var partitionCount: Int
    /// The orchestrations that the answering host can run, sorted.
    package var orchestrations: [String]
    /// The activities that the answering host runs, and those that its instances have called since it started, sorted.
    package var activities: [String]
    /// The version of Warren.
    package var version: String
    /// The destinations to which the answering host cannot send at present. Absent from hosts of earlier versions.
    package var parked: [Parked]?

    /// A destination that takes nothing, so that messages for it wait.
    package struct Parked: Sendable, Hashable, Codable {
        /// For example `exchange 'orders.activity' with key 'email'`.
        package var destination: String
        /// The broker's reason.
        package var reason: String
        package var since: Timestamp
        /// The number of outbox rows that wait for it; a row has 64 messages at the most.
        package var rows: Int

        package init(destination: String, reason: String, since: Timestamp, rows: Int) {
            self.destination = destination
            self.reason = reason
            self.since = since
            self.rows = rows
        }
    }

    package init(
        hub: String, partitionCount: Int, orchestrations: [String], activities: [String], version: String,
        parked: [Parked]? = nil
    ) {
        self.parked = parked
        self.hub = hub
        self.partitionCount = partitionCount
        self.orchestrations = orchestrations
        self.activities = activities
        self.version = version
    }
}
