package import Warren

/// An update of a running instance: recorded if the orchestrator takes it, and answered with its result.
package struct UpdateCommand: Sendable, Hashable {
    package var instanceID: String
    /// The update's name.
    package var name: String
    package var input: Payload
    package var context: CommandContext
    /// Whether it has waited for the orchestrator to take it for as long as it may. Never on the wire.
    package var isLastAttempt = false

    package init(instanceID: String, name: String, input: Payload = .null, context: CommandContext = .init()) {
        self.instanceID = instanceID
        self.name = name
        self.input = input
        self.context = context
    }
}
