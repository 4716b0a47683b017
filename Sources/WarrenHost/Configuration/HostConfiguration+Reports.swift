extension HostConfiguration {
    /// The selection of what a host publishes about instances, for people and for programs.
    public struct Reports: Sendable {
        /// The selection of lines about the instances themselves that go to the console queue. Lines that orchestrators and
        /// activities print always go there. `.failures` by default.
        public var console: ConsoleReports
        /// The changes of status that are published to the exchange `{h}.lifecycle`; `.failures` by default.
        ///
        /// A publisher cannot see whether a queue is bound, and a message without a subscriber costs almost as much as one
        /// with a subscriber. So select more than failures here if they are needed: `.endings`, `.everything`, or a set of
        /// events. The selected events are published as reliably as any other message.
        public var lifecycle: Set<LifecycleEvent>

        /// Makes the settings with their defaults.
        public init() {
            console = .failures
            lifecycle = .failures
        }
    }
}
