public import Warren

extension HostConfiguration {
    /// A part that a process plays in its hub.
    public struct Role: NamedChoice {
        /// The process publishes starts and events, and asks questions. A host in this role alone only checks the hub.
        public static let client = Role(name: "client")
        /// The process owns partitions: history, timers, replay, outbox.
        public static let orchestrator = Role(name: "orchestrator")
        /// The process runs activities, which have the side effects.
        public static let activity = Role(name: "activity")

        /// All values.
        public static let allCases = [client, orchestrator, activity]

        /// The name.
        public let name: String
    }
}
