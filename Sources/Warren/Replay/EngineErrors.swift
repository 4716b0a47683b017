/// Thrown into orchestrator code that is being put away: unwind, and let it through.
///
/// It is internal on purpose. Authors who catch only `TaskFailure` never meet it.
struct OrchestrationEvicted: Error, CustomStringConvertible {
    var description: String { "The orchestration is being put away. Let this error through." }
}

/// Thrown by `continueAsNew` to leave the orchestrator.
struct ContinueAsNewRequested: Error, CustomStringConvertible {
    var description: String { "The orchestration goes on as a new generation. Let this error through." }
}
