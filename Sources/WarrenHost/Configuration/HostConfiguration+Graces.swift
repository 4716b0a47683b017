extension HostConfiguration {
    /// The times for which a host waits for something before it gives it up. Each is at most 366 days.
    public struct Graces: Sendable {
        /// The time within which a host that is asked to stop ends, 25 seconds by default: it finishes what runs, and
        /// returns work that does not end, for which the last fifth is kept, at most four seconds.
        public var stop: Duration
        /// The time that a start waits for a host that knows the orchestration before it becomes a dead letter: 30 seconds
        /// by default.
        public var unknownOrchestration: Duration
        /// The time that an event waits for its instance to start before it becomes a dead letter: a minute by default.
        public var earlyEvent: Duration
        /// The time during which a work item for an activity without a queue is tried before the call fails: 30 seconds by
        /// default.
        public var unknownActivity: Duration

        /// Makes the settings with their defaults.
        public init() {
            stop = .seconds(25)
            unknownOrchestration = .seconds(30)
            earlyEvent = .seconds(60)
            unknownActivity = .seconds(30)
        }
    }
}
