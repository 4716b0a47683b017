/// Whether a host can do its work at a moment, with the reasons.
public struct HostHealth: Sendable, Hashable {
    /// One of the conditions for a host's work.
    public struct Check: Sendable, Hashable {
        /// The subject: `host`, `broker`, `stores` or `partitions`.
        public let name: String
        /// Whether the condition is met.
        public let isPassed: Bool
        /// One sentence for people: the state, and if the condition is not met, what is wrong.
        public let detail: String

        init(_ name: String, _ isPassed: Bool, _ detail: String) {
            self.name = name
            self.isPassed = isPassed
            self.detail = detail
        }
    }

    /// The conditions that apply to the roles of the host. A host that is starting, or has ended, has `host` alone.
    public let checks: [Check]

    /// Whether all conditions are met.
    public var isReady: Bool { checks.allSatisfy(\.isPassed) }
}
