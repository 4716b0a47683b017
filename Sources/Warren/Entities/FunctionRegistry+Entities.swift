/// The operations of a kind of entity that a process can run, their types erased.
package struct EntityFunctions: Sendable {
    /// An operation's body: it replaces the state, which is `nil` where there is none.
    package typealias Body = @Sendable (inout Payload?, Payload, EntityContext) async throws -> Payload

    /// By name, in lower case.
    var operations: [String: Body] = [:]
    /// The body for all other operations.
    var dispatcher: Body?

    /// The body of an operation; `nil` if there is none.
    package func body(_ operation: String) -> Body? {
        let name = operation.lowercased()
        if let body = operations[name] ?? dispatcher { return body }
        guard name == "delete" else { return nil }
        return { state, _, _ in
            state = nil
            return .null
        }
    }

    /// The names of the operations, sorted.
    package var names: [String] { operations.keys.sorted() }
}

extension FunctionRegistry {
    /// Adds an operation. Registering a name twice is a mistake of the program and traps.
    func add(operation: String, of entity: String, _ body: @escaping EntityFunctions.Body) {
        let isNew = changeEntity(entity) { $0.operations.updateValue(body, forKey: operation.lowercased()) == nil }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isNew, "Operation '\(operation)' of entity '\(entity)' is registered twice.")
    }

    /// Adds an entity that is one function. Registering a name twice is a mistake of the program and traps.
    func add(dispatcher entity: String, _ body: @escaping EntityFunctions.Body) {
        let isNew = changeEntity(entity) { functions in
            defer { functions.dispatcher = body }
            return functions.dispatcher == nil
        }
        // trap: the program registers, before its host runs; no data decides what.
        precondition(isNew, "Entity '\(entity)' is registered twice.")
    }
}
