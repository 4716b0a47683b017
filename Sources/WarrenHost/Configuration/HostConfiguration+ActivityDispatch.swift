public import Warren

extension HostConfiguration {
    /// The way of work from an orchestrator to an activity that is registered in the same process.
    public struct ActivityDispatch: NamedChoice {
        /// Through the activity's queue: any worker may take it, and it can be seen on the broker.
        public static let broker = ActivityDispatch(name: "broker")
        /// To the process's own places while one comes free within about a second, and through the queue otherwise. The answer
        /// comes back the same way.
        ///
        /// Nothing is lost: the partition keeps the work until the answer is durable, and gives it out again after a crash.
        public static let preferLocal = ActivityDispatch(name: "prefer-local")

        /// All values.
        public static let allCases = [broker, preferLocal]

        /// The name.
        public let name: String
    }
}

extension HostConfiguration {
    /// Returns the activities of a process, out of those that are registered there, that may have work of the process's own
    /// orchestrators past the broker.
    func localActivities(among names: [String]) -> Set<String> {
        guard roles.contains(.orchestrator), roles.contains(.activity) else { return [] }
        return Set(names.filter { activities.dispatch(of: $0) == .preferLocal })
    }
}
