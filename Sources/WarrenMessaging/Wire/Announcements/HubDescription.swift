/// What a hub is, as a host of it knows.
package struct HubDescription: Sendable, Hashable, Codable {
    package var hub: String
    package var partitionCount: Int
    /// What the answering host can run, sorted.
    package var orchestrations: [String]
    /// The activities that the answering host runs, and those that its instances have called since it started, sorted.
    package var activities: [String]
    /// Of Warren.
    package var version: String

    package init(hub: String, partitionCount: Int, orchestrations: [String], activities: [String], version: String) {
        self.hub = hub
        self.partitionCount = partitionCount
        self.orchestrations = orchestrations
        self.activities = activities
        self.version = version
    }
}
