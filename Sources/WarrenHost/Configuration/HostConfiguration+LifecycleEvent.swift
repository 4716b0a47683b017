public import Warren
import WarrenPartition

extension HostConfiguration {
    /// A change of an instance that a host can publish to the exchange `{h}.lifecycle`.
    ///
    /// A set of these values selects what is published, for example `.endings` or `[.completed, .suspended]`.
    public struct LifecycleEvent: NamedChoice {
        /// The event as partitions know it.
        let value: WarrenPartition.LifecycleEvent

        /// The instance was accepted, to begin at a later time.
        public static let pending = LifecycleEvent(value: .pending)
        /// The instance has begun, or was resumed.
        public static let running = LifecycleEvent(value: .running)
        /// The instance was suspended by an operator.
        public static let suspended = LifecycleEvent(value: .suspended)
        /// A generation ended and the next one begins.
        public static let continuedAsNew = LifecycleEvent(value: .continuedAsNew)
        /// The instance ended with an output.
        public static let completed = LifecycleEvent(value: .completed)
        /// The instance ended with a failure.
        public static let failed = LifecycleEvent(value: .failed)
        /// The instance was ended by an operator.
        public static let terminated = LifecycleEvent(value: .terminated)
        /// A start found an instance of that ID and left it alone.
        public static let startIgnored = LifecycleEvent(value: .startIgnored)

        private init(value: WarrenPartition.LifecycleEvent) { self.value = value }

        /// An event by its name, in any case; `nil` for a text that is none of the names.
        public init?(_ name: String) {
            guard let event = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                return nil
            }
            self = event
        }

        /// All events.
        public static let allCases = WarrenPartition.LifecycleEvent.allCases.map(LifecycleEvent.init(value:))

        /// The name, which is the status in routing keys and messages.
        public var name: String { value.rawValue }
    }
}

extension Set<HostConfiguration.LifecycleEvent> {
    /// Instances that failed or were terminated.
    public static var failures: Self { [.failed, .terminated] }
    /// Every end of an instance.
    public static var endings: Self { [.completed, .failed, .terminated] }
    /// Every event.
    public static var everything: Self {
        Set(HostConfiguration.LifecycleEvent.allCases)
    }
}
