extension HostConfiguration {
    /// A part that a process plays in its hub.
    public struct Role: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case client, orchestrator, activity }
        private let value: Value

        /// The process publishes starts and events, and asks questions. A host in this role alone only checks the hub.
        public static let client = Role(value: .client)
        /// The process owns partitions: history, timers, replay, outbox.
        public static let orchestrator = Role(value: .orchestrator)
        /// The process runs activities, which have the side effects.
        public static let activity = Role(value: .activity)

        private init(value: Value) { self.value = value }

        /// A role by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all roles.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The role's name.
        public var description: String { value.rawValue }
    }
}
