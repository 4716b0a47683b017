/// The orchestrations that every host can run without being told.
enum BuiltInOrchestrations {
    private static let registry: FunctionRegistry = {
        let registry = FunctionRegistry()
        ScheduleKeeper.register(in: registry)
        return registry
    }()

    /// Their names, sorted.
    static var names: [String] { registry.orchestrationNames }

    static func orchestrator(_ name: String) -> RegisteredOrchestrator? {
        registry.registered(orchestrator: name, version: nil)
    }
}
