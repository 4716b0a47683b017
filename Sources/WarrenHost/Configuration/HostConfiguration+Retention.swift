import Warren

extension HostConfiguration {
    /// For how long ended instances are kept, and whether they are exported before they are removed.
    ///
    /// Each owner of a partition removes that partition's instances, in small pieces. Sub-orchestrations are instances like
    /// others: each is removed at its own age, and not with the one that called it. Without an age, the default, instances
    /// of that status are kept until somebody purges them.
    public struct Retention: Sendable {
        /// The age, counted from the end, at which completed instances are removed, a minute to ten years; `nil` to keep them.
        public var completed: Duration?
        /// The age at which failed instances are removed; `nil` to keep them.
        public var failed: Duration?
        /// The age at which terminated instances are removed; `nil` to keep them.
        public var terminated: Duration?
        /// The maximum number of instances that each partition removes in a second, 1 to 10,000; 100 by default.
        public var rate: Int
        /// The folder to which instances are exported before they are removed, a line of JSON for each as `warren export`
        /// writes it; `nil`, the default, for no export. An instance is not removed before its line is on the disk.
        public var exportDirectory: String?

        /// Makes the settings with their defaults.
        public init() {
            completed = nil
            failed = nil
            terminated = nil
            rate = 100
            exportDirectory = nil
        }

        /// The age at which instances of one status are removed.
        struct Rule: Sendable {
            var status: RuntimeStatus
            var age: Duration
        }

        /// The ages that are given, in a fixed order.
        var rules: [Rule] {
            [(RuntimeStatus.completed, completed), (.failed, failed), (.terminated, terminated)]
                .compactMap { status, age in age.map { Rule(status: status, age: $0) } }
        }
    }
}
