extension FunctionRegistrar {
    /// Registers an orchestrator for a reference.
    ///
    /// Several versions may stand side by side; an instance keeps to the version with which it began.
    ///
    /// ```swift
    /// host.register(Orders.order, version: "1.0") { context, order in … }
    /// host.register(Orders.order, version: "2.0") { context, order in … }
    /// ```
    ///
    /// - Parameters:
    ///   - orchestration: the reference with its name and types.
    ///   - version: the version that the body is for; `nil` for all versions that have no registration of their own and
    ///     that the host's strategy admits (`orchestrations.versionMatch`).
    ///   - closingTimers: whether timers that are open when the body ends are cancelled. Otherwise they keep the instance
    ///     open until they fire.
    ///   - onNonDeterminism: the treatment of an instance when its history does not agree with the body; `nil` for the
    ///     host's choice, `orchestrations.onNonDeterminism`.
    ///   - body: the orchestrator.
    public func register<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, version: String? = nil, closingTimers: Bool = false,
        onNonDeterminism: OnNonDeterminism? = nil, body: @escaping Orchestration<Input, Output>.Body
    ) {
        let input = orchestration.input
        let output = orchestration.output
        functions.add(
            orchestrator: orchestration.name,
            RegisteredOrchestrator(
                version: version, closesTimers: closingTimers, onNonDeterminism: onNonDeterminism
            ) { core, payload in
                // The codec is read twice, or it would be part of every suspended instance.
                let result = try await body(
                    BodyContext(core: core), try InvalidInput.decode(payload, input, core.codec))
                return try output.encode(result, core.codec)
            })
    }

    /// Registers an orchestrator without input.
    public func register<Output>(
        _ orchestration: Orchestration<Void, Output>, version: String? = nil, closingTimers: Bool = false,
        onNonDeterminism: OnNonDeterminism? = nil,
        body: @escaping @Sendable (BodyContext<Void>) async throws -> Output
    ) {
        register(
            orchestration, version: version, closingTimers: closingTimers, onNonDeterminism: onNonDeterminism
        ) { context, _ in try await body(context) }
    }

    /// Registers the body that was given with the reference; traps if none was.
    public func register<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, version: String? = nil, closingTimers: Bool = false,
        onNonDeterminism: OnNonDeterminism? = nil
    ) {
        guard let body = orchestration.body else {
            // trap: the program registers, before its host runs; no data decides what.
            preconditionFailure("Orchestration '\(orchestration.name)' has no body. Register it with one.")
        }
        register(
            orchestration, version: version, closingTimers: closingTimers, onNonDeterminism: onNonDeterminism,
            body: body)
    }

    /// Registers an activity for a reference.
    public func register<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping Activity<Input, Output>.Body
    ) {
        let input = activity.input
        let output = activity.output
        let codec = functions.codec
        functions.add(activity: activity.name) { payload, context in
            try output.encode(try await body(try InvalidInput.decode(payload, input, codec), context), codec)
        }
    }

    /// Registers an activity that needs no context.
    public func register<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping @Sendable (Input) async throws -> Output
    ) {
        register(activity) { input, _ in try await body(input) }
    }

    /// Registers an activity that needs neither input nor context.
    public func register<Output>(
        _ activity: Activity<Void, Output>, body: @escaping @Sendable () async throws -> Output
    ) {
        register(activity) { _, _ in try await body() }
    }

    /// Registers the body that was given with the reference; traps if none was.
    public func register<Input, Output>(_ activity: Activity<Input, Output>) {
        guard let body = activity.body else {
            // trap: the program registers, before its host runs; no data decides what.
            preconditionFailure("Activity '\(activity.name)' has no body. Register it with one.")
        }
        register(activity, body: body)
    }
}

/// A registry is the simplest registrar.
extension FunctionRegistry: FunctionRegistrar {
    /// This registry.
    public var functions: FunctionRegistry { self }
}
