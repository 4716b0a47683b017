extension FailureDetails {
    /// The type of failures of instances that ended the host's process.
    package static let killsHostType = "KillsHost"
    /// The type of failures of instances with a version that their host does not run.
    package static let versionMismatchType = "VersionMismatch"
    /// The failure type of an instance that ends because the partition's store refuses its rows.
    package static let refusedByStoreType = "RefusedByStore"
    /// The type of failures for payloads that exceed the size limit of messages.
    package static let payloadTooLargeType = "PayloadTooLarge"
    /// The type of failures of orchestrators that continue as new without waiting for anything.
    package static let endlessContinueAsNewType = "EndlessContinueAsNew"
}

/// Describes the faults that the engine itself finds. All of them mean that the orchestrator's code has to change, so
/// none is worth a retry by a parent.
extension FailureDetails {
    /// The `type` of the engine's faults.
    package enum FaultType {
        package static let nonDeterminism = "NonDeterminism"
        package static let foreignAwait = "ForeignAwait"
        package static let foreignCall = "ContextUsedElsewhere"
        package static let tooManyActions = "TooManyActions"
        package static let notRegistered = "OrchestrationNotRegistered"
        package static let historyTooLong = "HistoryTooLong"
        package static let invalidPatch = "InvalidPatch"
        package static let tooManyHandlers = "TooManyHandlers"
        package static let corruptHistory = "CorruptHistory"
    }

    private static func fault(_ type: String, _ core: OrchestratorCore, _ text: String) -> FailureDetails {
        FailureDetails(
            type: type, message: "Orchestration '\(core.started.name)', instance '\(core.started.instanceID)': \(text)",
            isNonRetriable: true)
    }

    /// The code took another action than the recorded one (`difference`), or more actions than are recorded.
    static func nonDeterminism(
        _ core: OrchestratorCore, asked: OrchestratorAction, _ site: CallSite, difference: String? = nil
    ) -> FailureDetails {
        let number = core.nextID
        let now = Determinism.words(asked.recordedEvent)
        var text = "not deterministic at action #\(number), \(site). The code now asks for \(now); "
        if let difference {
            text += "the history has \(Determinism.words(core.recorded[number])): \(difference). "
        } else {
            text += "the history has only \(core.recorded.count) actions up to this point. "
        }
        text += "\(neighbours(core)), now #\(number) \(now). "
        let isAboutInput = difference.map { $0.hasPrefix("the input") || $0.hasPrefix("the instance") } ?? false
        text +=
            isAboutInput
            ? "Likely cause: a value that differs from run to run, such as the order of a Set or Dictionary, Date(), "
                + "UUID() or a random number. Sort before looping; take context.now, context.uuid(), context.random."
            : "Likely cause: the code was changed while this instance was under way, or a branch depends on something "
                + "that is not recorded (the clock, random numbers, the environment, shared state)."
        return fault(FaultType.nonDeterminism, core, text)
    }

    /// The code stopped before it had taken all recorded actions.
    static func missingAction(_ core: OrchestratorCore) -> FailureDetails {
        let number = core.nextID
        let text =
            "not deterministic: the history has \(Determinism.words(core.recorded[number])) as action #\(number), "
            + "which the code did not ask for again. \(neighbours(core)). Likely cause: the code was changed while this "
            + "instance was under way, or a branch depends on something that is not recorded."
        return fault(FaultType.nonDeterminism, core, text)
    }

    /// The recorded actions around the next number.
    private static func neighbours(_ core: OrchestratorCore) -> String {
        let range = max(0, core.nextID - 2)..<min(core.recorded.count, core.nextID + 3)
        guard !range.isEmpty else { return "The history has no action" }
        return "In the history: "
            + range.map { "#\($0) \(Determinism.words(core.recorded[$0]))" }.joined(separator: ", ")
    }

    /// The code awaits something that is not recorded.
    static func foreignAwait(_ core: OrchestratorCore, isIdle: Bool) -> FailureDetails {
        let text =
            (isIdle
                ? "the orchestrator waits for something that Warren does not know, so nothing could ever wake it. "
                : "the orchestrator was woken by something that Warren does not know. ")
            + "Orchestrators await only what the context offers. Instead of Task.sleep use context.sleep; do I/O, and "
            + "work on actors or the main actor, in an activity; instead of Task { } use async let, a task group or "
            + "context.start."
        return fault(FaultType.foreignAwait, core, text)
    }

    /// The context was used outside the orchestrator's own task.
    static func foreignCall(_ core: OrchestratorCore, _ place: String) -> FailureDetails {
        let text =
            "the context was used outside the orchestrator's own thread of execution (\(place)), for example in "
            + "Task { }, on an actor, or in a callback. Use async let, a task group or context.start for things that "
            + "go on at the same time."
        return fault(FaultType.foreignCall, core, text)
    }

    static func tooManyActions(_ core: OrchestratorCore, _ site: CallSite) -> FailureDetails {
        fault(
            FaultType.tooManyActions, core,
            "more than \(OrchestratorCore.maximumActions) actions in one episode (\(site)). Split the work into "
                + "sub-orchestrations, or wait for results now and then; a loop that swallows errors does this too.")
    }

    /// The code did not ask about a patch that the history has at this place.
    static func missingPatch(_ core: OrchestratorCore, _ name: String) -> FailureDetails {
        fault(
            FaultType.nonDeterminism, core,
            "not deterministic: the history has the patch '\(name)' in an episode that ends before action "
                + "#\(core.nextID), and the code did not ask about it there. Likely cause: 'context.patched(\"\(name)\")' "
                + "was deleted or moved while this instance was under way. Where the old branch is deleted, let "
                + "'context.deprecatePatch(\"\(name)\")' stand in its place.")
    }

    static func invalidPatch(_ core: OrchestratorCore, _ site: CallSite, _ problem: String) -> FailureDetails {
        fault(FaultType.invalidPatch, core, "a patch cannot have this name (\(site)). \(problem)")
    }

    /// The history has an update for which the code has no handler at this place.
    static func missingHandler(_ core: OrchestratorCore, _ name: String) -> FailureDetails {
        fault(
            FaultType.nonDeterminism, core,
            "not deterministic: the history has the update '\(name)' before action #\(core.nextID), and the code has no "
                + "handler for it there. Likely cause: 'context.accept(\"\(name)\")' was deleted or moved while this "
                + "instance was under way.")
    }

    static func tooManyHandlers(_ core: OrchestratorCore, _ site: CallSite) -> FailureDetails {
        fault(
            FaultType.tooManyHandlers, core,
            "more than \(StateHandlers.mostNames) handlers of queries or of updates (\(site)). Register one handler with "
                + "an input instead of one for each case.")
    }

    static func historyTooLong(_ core: OrchestratorCore, limit: Int) -> FailureDetails {
        fault(
            FaultType.historyTooLong, core,
            "the history has \(core.historyLength) events, and \(limit) are allowed. Call continueAsNew when "
                + "context.shouldContinueAsNew is true, or split the work into sub-orchestrations; the limit is "
                + "'orchestrations.maximumHistory' of the host.")
    }

    /// Only other versions of the orchestration are registered.
    static func notRegistered(_ core: OrchestratorCore, versions: [String?]) -> FailureDetails {
        let version = core.started.version.map { "version \($0)" } ?? "instances without a version"
        return fault(
            FaultType.notRegistered, core,
            "the orchestrator is not registered here for \(version). Registered are: "
                + versions.map { $0 ?? "any" }.joined(separator: ", ") + ".")
    }

    static func notRegistered(_ core: OrchestratorCore, known: [String]) -> FailureDetails {
        let names = known.isEmpty ? "none" : known.map { "'\($0)'" }.joined(separator: ", ")
        return fault(
            FaultType.notRegistered, core,
            "no orchestrator of this name is registered here. Known are: \(names).")
    }

    static func corruptHistory(_ text: String) -> FailureDetails {
        FailureDetails(type: FaultType.corruptHistory, message: text, isNonRetriable: true)
    }
}
