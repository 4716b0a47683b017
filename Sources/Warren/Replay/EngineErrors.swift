/// Thrown into orchestrator code that is being evicted, to unwind it; the code must not catch it.
///
/// It is internal on purpose: authors who catch only `TaskFailure` never see it.
struct OrchestrationEvicted: Error, CustomStringConvertible {
    var description: String { "The orchestration is being put away. Let this error through." }
}

/// Thrown by `continueAsNew` to leave the orchestrator.
struct ContinueAsNewRequested: Error, CustomStringConvertible {
    var description: String { "The orchestration goes on as a new generation. Let this error through." }
}

/// Thrown by `continueAsNew` in a handler of an update that waits: the body alone ends.
struct ContinueAsNewInHandler: Error, CustomStringConvertible {
    var description: String {
        "A handler of an update cannot begin the next generation. Set a variable, and let the body call continueAsNew."
    }
}
