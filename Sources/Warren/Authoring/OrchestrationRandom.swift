import Synchronization

/// Random numbers that are the same on replay. All copies of one execution's generator share one sequence.
///
/// Do not use it for secrets: the sequence follows from the execution ID.
public struct OrchestrationRandom: RandomNumberGenerator, Sendable {
    let core: OrchestratorCore

    /// The next 64 bits.
    public func next() -> UInt64 {
        guard core.isEntered else {
            core.noteForeignCall("random")
            // The instance fails for it at its next event. Until then the number has to differ from the one before:
            // `Int.random(in:using:)` draws again until a number suits it.
            return core.foreign.withLock { $0.scratch.next() }
        }
        if core.readOnlyRefusal(CallSite(#fileID, #line)) != nil {
            // Not one number for ever: the caller may draw until it likes one.
            return core.readOnlyUse?.scratch.next() ?? 0
        }
        var generator = core.random ?? SplitMix64(state: SplitMix64.seed(core.executionID))
        defer { core.random = generator }
        return generator.next()
    }
}
