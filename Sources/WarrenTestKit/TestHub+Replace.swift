public import Warren

/// Other bodies for functions that are registered, so that a test can take an app's whole set and change one of them.
extension TestHub {
    /// Gives an activity another body than the one it was registered with.
    ///
    /// ```swift
    /// registerOrders(with: hub)
    /// hub.replace(Orders.charge) { _ in throw CardDeclined() }
    /// ```
    ///
    /// Do it before the first use of ``client``.
    public func replace<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping Activity<Input, Output>.Body
    ) {
        functions.remove(activity: activity.name)
        register(activity, body: body)
    }

    /// Gives an activity that needs no context another body.
    public func replace<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping @Sendable (Input) async throws -> Output
    ) {
        replace(activity) { input, _ in try await body(input) }
    }

    /// Gives an orchestration another body than the one it was registered with.
    public func replace<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, body: @escaping Orchestration<Input, Output>.Body
    ) {
        functions.remove(orchestrator: orchestration.name)
        register(orchestration, body: body)
    }
}
