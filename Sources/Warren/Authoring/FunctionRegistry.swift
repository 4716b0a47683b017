import Synchronization

/// The orchestrators, activities and entities that a process can run, by name. Names of orchestrators and activities
/// compare exactly, those of entities without regard to case.
public final class FunctionRegistry: Sendable {
    /// An activity's body, its types erased.
    package typealias ActivityBody = @Sendable (Payload, ActivityContext) async throws -> Payload

    private struct Functions {
        var activities: [String: ActivityBody] = [:]
        var limits: [String: ActivityLimits] = [:]
        var orchestrators: [String: Versions] = [:]
        /// By name, in lower case.
        var entities: [String: EntityFunctions] = [:]
    }

    /// The registrations of one orchestration.
    private struct Versions {
        /// The oldest first; the one without a version is before all others.
        var all: [RegisteredOrchestrator] = [] {
            didSet { names = all.map(\.version) }
        }
        /// Their versions, kept because every start asks for them.
        private(set) var names: [String?] = []

        func index(of version: String?) -> Int? {
            all.firstIndex { OrchestrationVersion.areEqual($0.version, version) }
        }
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

    /// The names of the entities, in lower case, sorted.
    public var entityNames: [String] { table.withLock { $0.entities.keys.sorted() } }

    /// The operations of a kind of entity.
    ///
    /// - Parameter name: its name, in lower case.
    package func entity(_ name: String) -> EntityFunctions? {
        table.withLock { $0.entities[name] }
    }

    /// Changes the operations of a kind of entity.
    func changeEntity<Result: Sendable>(
        _ name: String, _ change: @Sendable (inout EntityFunctions) -> Result
    ) -> Result {
        table.withLock { change(&$0.entities[name.lowercased(), default: EntityFunctions()]) }
    }

    package func activity(_ name: String) -> ActivityBody? {
        table.withLock { $0.activities[name] }
    }

    /// The orchestrator of a version: the one that was registered for it, else the one for every version.
    func orchestrator(_ name: String, version: String?) -> RegisteredOrchestrator? {
        registered(orchestrator: name, version: version)
            ?? BuiltInOrchestrations.orchestrator(name)
    }

    func registered(orchestrator name: String, version: String?) -> RegisteredOrchestrator? {
        table.withLock { functions in
            guard let versions = functions.orchestrators[name] else { return nil }
            return (versions.index(of: version) ?? versions.index(of: nil)).map { versions.all[$0] }
        }
    }

    /// The versions for which an orchestration is registered, the oldest first; `nil` among them stands for every version
    /// that has no registration of its own. Empty if no orchestration of the name is registered.
    package func versions(of name: String) -> [String?] {
        table.withLock { $0.orchestrators[name]?.names ?? [] }
    }

    /// Whether Warren brings the orchestration: then it has no versions, and every host runs it.
    package func isBuiltIn(orchestration name: String) -> Bool {
        BuiltInOrchestrations.orchestrator(name) != nil && versions(of: name).isEmpty
    }

    /// The names of the orchestrations that a host with this registry can run, those that Warren brings included.
    package var runnableOrchestrationNames: [String] { orchestrationNames + BuiltInOrchestrations.names }

    /// Whether a host with this registry can run an orchestration, in whichever version.
    package func runs(orchestration name: String) -> Bool {
        table.withLock { $0.orchestrators[name] != nil } || BuiltInOrchestrations.orchestrator(name) != nil
    }

    /// What was chosen for instances that do not agree with the code of their version; `nil` for the host's choice.
    package func onNonDeterminism(_ name: String, version: String?) -> OnNonDeterminism? {
        orchestrator(name, version: version)?.onNonDeterminism
    }

    /// The limits of activities, in the order of their names.
    package var limits: [(activity: String, limits: ActivityLimits)] {
        table.withLock { $0.limits.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    /// Keeps the limits of an activity; the last ones count.
    func setLimits(_ limits: ActivityLimits, of activity: String) {
        table.withLock { $0.limits[activity] = limits }
    }

    /// Adds an activity. Registering a name twice is a mistake of the program and traps.
    package func add(activity name: String, _ body: @escaping ActivityBody) {
        let isNew = table.withLock { $0.activities.updateValue(body, forKey: name) == nil }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isNew, "Activity '\(name)' is registered twice. Give one of them another name.")
    }

    /// Adds an orchestrator. Registering a name twice for one version is a mistake of the program and traps.
    func add(orchestrator name: String, _ orchestrator: RegisteredOrchestrator) {
        let problem = orchestrator.version.flatMap(OrchestrationVersion.problem)
        // trap: the program registers, before its host runs; no data decides what.
        precondition(problem == nil, "Orchestration '\(name)': \(problem ?? "")")
        let isNew = table.withLock { functions in
            var versions = functions.orchestrators[name] ?? Versions()
            guard versions.index(of: orchestrator.version) == nil else { return false }
            let place = versions.all.firstIndex {
                OrchestrationVersion.isOlder(orchestrator.version, than: $0.version)
            }
            versions.all.insert(orchestrator, at: place ?? versions.all.endIndex)
            functions.orchestrators[name] = versions
            return true
        }
        let version = orchestrator.version.map { " for version \($0)" } ?? ""
        // trap: as above.
        precondition(
            isNew, "Orchestration '\(name)' is registered twice\(version). Give one another name or version.")
    }

    /// Removes an activity, so that another body can take its name.
    package func remove(activity name: String) {
        let body = table.withLock { $0.activities.removeValue(forKey: name) }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(body != nil, "There is no activity '\(name)' to replace. Register it.")
    }

    /// Removes an orchestrator, so that another body can take its name and version.
    package func remove(orchestrator name: String, version: String? = nil) {
        let isRemoved = table.withLock { functions in
            guard var versions = functions.orchestrators[name], let index = versions.index(of: version) else {
                return false
            }
            versions.all.remove(at: index)
            functions.orchestrators[name] = versions.all.isEmpty ? nil : versions
            return true
        }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isRemoved, "There is no orchestration '\(name)' to replace. Register it.")
    }
}
