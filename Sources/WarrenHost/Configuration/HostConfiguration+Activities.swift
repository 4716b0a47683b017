public import Warren

extension HostConfiguration {
    /// The activities of a process, and those that other processes run.
    public struct Activities: Sendable {
        /// The maximum number of activities that run at once in this process, 1 to 100,000; 256 by default. While long ones
        /// hold all places, no work is taken.
        public var concurrency: Int
        /// The number of deliveries of a work item after which its worker refuses it as one that kills workers, 1 to
        /// 100,000; 20 by default.
        public var maximumDeliveries: Int
        /// Activities that other processes run, in any language, and that are not registered here. The host creates their
        /// queues when it starts, as it does for those that are registered, so that such a process has a queue to consume
        /// and calls have a queue to wait in, whichever process is started first. None by default.
        public var foreign: Set<String>
        /// Limits of activities over the whole hub, by name, in the place of those that the code of this host states with
        /// `limit(_:to:)`. What `warren limits set` says takes precedence over both. A process that runs no orchestrators states
        /// none. None by default.
        public var limits: [String: ActivityLimits]

        /// The way of work from an orchestrator to an activity of the same process; `broker` by default, so that everything can be
        /// seen there.
        public var dispatch: ActivityDispatch
        /// The exceptions from `dispatch`: work for these activities goes the other way. None by default.
        public var dispatchExceptions: Set<String>

        /// The way of work to an activity of this process.
        public func dispatch(of activity: String) -> ActivityDispatch {
            guard dispatchExceptions.contains(activity) else { return dispatch }
            return dispatch == .broker ? .preferLocal : .broker
        }

        /// Makes the settings with their defaults.
        public init() {
            concurrency = 256
            maximumDeliveries = 20
            foreign = []
            dispatch = .broker
            dispatchExceptions = []
            limits = [:]
        }
    }
}

extension HostConfiguration {
    /// The limits of activities that this process states, in the order of their names: those of its configuration, and of
    /// its code for further activities.
    func statedLimits(with functions: FunctionRegistry) -> [(activity: String, limits: ActivityLimits)] {
        guard !activities.limits.isEmpty else { return functions.limits }
        let code = Dictionary(functions.limits.map { ($0.activity, $0.limits) }) { $1 }
        return code.merging(activities.limits) { $1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
