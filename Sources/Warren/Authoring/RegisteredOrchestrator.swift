/// An orchestrator as it is registered: its code, and what was chosen with it.
struct RegisteredOrchestrator: Sendable {
    /// An orchestrator's body, its types erased.
    typealias Body = @Sendable (OrchestratorCore, Payload) async throws -> Payload

    /// The version that the code is for; `nil` for every version that no other registration of the name has.
    var version: String?
    /// Whether timers that are open when the body ends are cancelled.
    var closesTimers = false
    /// What becomes of an instance that does not agree with the code; `nil` for the host's choice.
    var onNonDeterminism: OnNonDeterminism?
    var body: Body
}
