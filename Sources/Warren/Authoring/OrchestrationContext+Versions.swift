extension OrchestrationContext {
    /// The version with which this execution began: the one that its start named, else its host's default version, else
    /// the newest that was registered; `nil` if there was none.
    ///
    /// It stays the same for the life of the execution, whichever host runs it. Sub-orchestrations do not inherit it.
    public var version: String? { core.started.version }

    /// Whether this execution takes the new branch of a change that was made while instances were under way.
    ///
    /// ```swift
    /// if context.patched("check-stock-first") {
    ///     try await context.call(Orders.checkStock, order)
    /// }
    /// ```
    ///
    /// It is `true` in executions that begin with the new code, and in those that come to this place for the first time;
    /// the history then records the patch. It is `false` in executions that had passed this place with the old code.
    /// Either way every replay takes the same branch, and the first answer holds for the whole execution.
    ///
    /// When no instance without the patch is open any more, replace the call by
    /// ``deprecatePatch(_:file:line:)`` and delete the old branch.
    ///
    /// - Parameters:
    ///   - name: The change's name, unique in the orchestration: 1 to 100 letters, digits, `_`, `.` or `-`, a letter or
    ///     `_` first. The instance fails with the type `InvalidPatch` for another one.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    public func patched(_ name: String, file: StaticString = #fileID, line: UInt = #line) -> Bool {
        core.isPatched(name, isDeprecated: false, CallSite(file, line))
    }

    /// Stands where ``patched(_:file:line:)`` stood, when the old branch is deleted.
    ///
    /// Histories that have the patch go on to agree with the code. New ones record it as deprecated: they agree with code
    /// that asks `patched`, as during a rolling update, and with code that does not know the patch any more. When no
    /// instance with the patch that is not deprecated is open, delete this call, too.
    public func deprecatePatch(_ name: String, file: StaticString = #fileID, line: UInt = #line) {
        _ = core.isPatched(name, isDeprecated: true, CallSite(file, line))
    }

    /// The number of events in this execution's history as of the beginning of the present step. It stands still
    /// between two awaits and is the same on replay.
    public var historyLength: Int { core.isEntered ? core.historyLength : 0 }

    /// Whether the history is so long that the orchestrator should call `continueAsNew` when it can: it has 10,000 events
    /// or more. A replay takes time in proportion to the history, and hosts fail executions beyond
    /// `orchestrations.maximumHistory` events.
    public var shouldContinueAsNew: Bool { historyLength >= OrchestratorCore.suggestedHistory }
}
