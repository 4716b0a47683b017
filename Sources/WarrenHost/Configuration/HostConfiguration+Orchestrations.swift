extension HostConfiguration {
    /// The orchestrations of a process.
    public struct Orchestrations: Sendable {
        /// The maximum number of partitions that run orchestrators at the same moment, 1 to 100,000; `nil`, the default, for
        /// all of them.
        public var concurrency: Int?
        /// The maximum number of waiting instances of this process that stay in memory, 0 to 10,000,000; 20,000 by default,
        /// with an equal share for each partition. The others are replayed when something happens to them. 0 replays at
        /// every step. An instance takes about 4 KB and the memory that its code holds.
        public var warmInstances: Int
        /// Orchestrations that are not to be run any more: their open instances fail with `OrchestrationNotRegistered` at
        /// the next message or timer for them. None by default, and a host with open instances in its files that it cannot
        /// run does not start: it may be the old version of a program, and the new one would find them failed.
        public var retired: Set<String>

        /// Makes the settings with their defaults.
        public init() {
            concurrency = nil
            warmInstances = 20_000
            retired = []
        }
    }
}
