/// What an orchestrator may do: ask, wait, decide.
public struct OrchestrationContext: Sendable {
}
