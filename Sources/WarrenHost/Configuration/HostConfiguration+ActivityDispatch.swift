extension HostConfiguration {
    /// The way of work from an orchestrator to an activity that is registered in the same process.
    public struct ActivityDispatch: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case broker, preferLocal = "prefer-local" }
        private let value: Value

        /// Through the activity's queue: any worker may take it, and it can be seen on the broker.
        public static let broker = ActivityDispatch(value: .broker)
        /// To the process's own places while one is free, and through the queue otherwise. The answer comes back the same way.
        ///
        /// Nothing is lost: the partition keeps the work until the answer is durable, and gives it out again after a crash.
        public static let preferLocal = ActivityDispatch(value: .preferLocal)

        private init(value: Value) { self.value = value }

        /// A way by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all ways.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The way's name.
        public var description: String { value.rawValue }
    }
}
