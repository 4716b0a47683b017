import Synchronization

/// The orchestrators and activities that a process can run, by name. Names compare exactly.
public final class FunctionRegistry: Sendable {
    /// An activity's body, its types erased.
    package typealias ActivityBody = @Sendable (Payload, ActivityContext) async throws -> Payload
    /// An orchestrator's body, its types erased.
    typealias OrchestratorBody = @Sendable (OrchestratorCore, Payload) async throws -> Payload

    private struct Functions {
        var activities: [String: ActivityBody] = [:]
        var orchestrators: [String: OrchestratorBody] = [:]
    }

    /// Writes and reads inputs and outputs of the functions.
    package let codec: any PayloadCodec

    private let table = Mutex(Functions())

    /// An empty registry.
    ///
    /// - Parameter codec: Writes and reads inputs and outputs of the functions.
    public init(codec: any PayloadCodec = JSONPayloadCodec()) {
        self.codec = codec
    }

    /// The names of the activities, sorted.
    public var activityNames: [String] { table.withLock { $0.activities.keys.sorted() } }

    /// The names of the orchestrations, sorted.
    public var orchestrationNames: [String] { table.withLock { $0.orchestrators.keys.sorted() } }

    package func activity(_ name: String) -> ActivityBody? {
        table.withLock { $0.activities[name] }
    }

    /// The names of the orchestrations that a host with this registry can run, those that Warren brings included.
    package var runnableOrchestrationNames: [String] { orchestrationNames + BuiltInOrchestrations.names }

    /// Whether a host with this registry can run an orchestration.
    package func runs(orchestration name: String) -> Bool { orchestrator(name) != nil }

    func orchestrator(_ name: String) -> OrchestratorBody? {
        registered(orchestrator: name) ?? BuiltInOrchestrations.body(name)
    }

    func registered(orchestrator name: String) -> OrchestratorBody? {
        table.withLock { $0.orchestrators[name] }
    }

    /// Adds an activity. Registering a name twice is a mistake of the program and traps.
    package func add(activity name: String, _ body: @escaping ActivityBody) {
        let isNew = table.withLock { $0.activities.updateValue(body, forKey: name) == nil }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isNew, "Activity '\(name)' is registered twice. Give one of them another name.")
    }

    /// Adds an orchestrator. Registering a name twice is a mistake of the program and traps.
    func add(orchestrator name: String, _ body: @escaping OrchestratorBody) {
        let isNew = table.withLock { $0.orchestrators.updateValue(body, forKey: name) == nil }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isNew, "Orchestration '\(name)' is registered twice. Give one of them another name.")
    }

    /// Removes an activity, so that another body can take its name.
    package func remove(activity name: String) {
        let body = table.withLock { $0.activities.removeValue(forKey: name) }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(body != nil, "There is no activity '\(name)' to replace. Register it.")
    }

    /// Removes an orchestrator, so that another body can take its name.
    package func remove(orchestrator name: String) {
        let body = table.withLock { $0.orchestrators.removeValue(forKey: name) }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(body != nil, "There is no orchestration '\(name)' to replace. Register it.")
    }
}
