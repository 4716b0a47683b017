extension HostConfiguration {
    /// The leases under which long activities run. A short activity has none: its work item is acknowledged at its end.
    public struct Leases: Sendable {
        /// The time that an activity may run before its worker takes the work item under a lease and acknowledges it, at
        /// least a millisecond; 30 seconds by default.
        public var after: Duration
        /// The time that a lease lasts without a heartbeat, at least a second; a minute by default. Heartbeats are sent
        /// three times as often.
        public var duration: Duration

        /// Makes the settings with their defaults.
        public init() {
            after = .seconds(30)
            duration = .seconds(60)
        }
    }
}
