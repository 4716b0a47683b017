extension FunctionRegistrar {
    /// Registers the body of an operation.
    ///
    /// Operations of one entity run one at a time, in the order in which each sender sent them. A body that throws
    /// leaves the state as it was.
    ///
    /// ```swift
    /// host.register(Bank.deposit) { account, amount, context in
    ///     account.balance += amount
    ///     return account.balance
    /// }
    /// ```
    public func register<State, Input, Output>(
        _ operation: EntityOperation<State, Input, Output>, body: @escaping EntityOperation<State, Input, Output>.Body
    ) {
        let entity = operation.entity
        let (input, output) = (operation.input, operation.output)
        let codec = functions.codec
        functions.add(operation: operation.name, of: entity.name) { stored, payload, context in
            var state = try entity.state(stored, codec)
            let result = try await body(&state, try InvalidInput.decode(payload, input, codec), context)
            stored = context.isDeleted ? nil : try entity.coder.encode(state, codec)
            return try output.encode(result, codec)
        }
    }

    /// Registers the body of an operation without input.
    public func register<State, Output>(
        _ operation: EntityOperation<State, Void, Output>,
        body: @escaping @Sendable (inout State, EntityContext) async throws -> Output
    ) {
        register(operation) { state, _, context in try await body(&state, context) }
    }

    /// Registers an entity that is one function: it gets every operation, by name, and its result is the operation's.
    ///
    /// The state is `nil` before the first operation, and for an entity that was deleted; setting it to `nil` deletes
    /// it. Operations that are registered by reference precede the function.
    ///
    /// ```swift
    /// host.register(counter) { state, call, context in
    ///     switch call.name {
    ///     case "add": state = (state ?? 0) + (try call.input(as: Int.self))
    ///     case "get": break
    ///     default: throw UnknownOperation(call)
    ///     }
    ///     return state
    /// }
    /// ```
    public func register<State, Output: Codable & Sendable>(
        _ entity: Entity<State>,
        dispatch: @escaping @Sendable (inout State?, EntityCall, EntityContext) async throws -> Output
    ) {
        let codec = functions.codec
        functions.add(dispatcher: entity.name) { stored, payload, context in
            var state = try stored.map { try entity.coder.decode($0, codec) }
            let call = EntityCall(name: context.operation, payload: payload, codec: codec)
            let result = try await dispatch(&state, call, context)
            stored = context.isDeleted ? nil : try state.map { try entity.coder.encode($0, codec) }
            return try codec.encode(result)
        }
    }
}

extension Entity {
    /// Reads a stored state; without one, the first.
    fileprivate func state(_ stored: Payload?, _ codec: any PayloadCodec) throws -> State {
        try stored.map { try coder.decode($0, codec) } ?? initial
    }
}
