public import Warren

/// Replaces the bodies of registered functions, so that a test can take an app's whole set and change one of them.
extension TestHub {
    /// Replaces the body with which an activity was registered.
    ///
    /// ```swift
    /// registerOrders(with: hub)
    /// hub.replace(Orders.charge) { _ in throw CardDeclined() }
    /// ```
    ///
    /// Call it before the first use of ``client``.
    public func replace<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping Activity<Input, Output>.Body
    ) {
        functions.remove(activity: activity.name)
        let (name, faults) = (activity.name, activityFaults)
        faults.setAsking(name)
        register(activity) { input, context in
            if let error = faults.next(name) { throw error }
            return try await body(input, context)
        }
    }

    /// Replaces the body of an activity that needs no context.
    public func replace<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping @Sendable (Input) async throws -> Output
    ) {
        replace(activity) { input, _ in try await body(input) }
    }

    /// Replaces the body with which an orchestration was registered.
    public func replace<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, body: @escaping Orchestration<Input, Output>.Body
    ) {
        functions.remove(orchestrator: orchestration.name)
        register(orchestration, body: body)
    }
}
