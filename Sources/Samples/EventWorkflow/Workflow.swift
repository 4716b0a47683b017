import Warren

/// The sample's contract and its one orchestration: it waits until somebody stops it.
enum Workflow {
    static let orchestration = Orchestration<String, Void>("Workflow")
    /// What it waits for. The value says who stopped it.
    static let stop = ExternalEvent<JSONValue>("Workflow")

    static func register(with registrar: some FunctionRegistrar) {
        registrar.register(orchestration) { context, input in
            context.print("Workflow \(input) starts.")
            _ = try await context.wait(for: stop)
            context.print("Workflow \(input) stops.")
        }
    }
}
