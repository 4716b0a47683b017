import Logging

/// Checks whether orchestrators as they are now still follow a recorded history: run it over the histories of
/// production before a deployment.
public struct ReplayTester: Sendable {
    private let runner: LocalOrchestratorRunner

    /// A tester for the orchestrators of a registry.
    public init(functions: FunctionRegistry) {
        runner = LocalOrchestratorRunner(functions: functions, logger: Logger(label: "warren.replay-tester"))
    }

    /// Replays one execution's events.
    ///
    /// - Returns: `nil` if the code takes the same actions in the same places, and ends as recorded if it had ended;
    ///   otherwise the failure with which a host would end the instance.
    public func fault(in history: [HistoryEvent]) -> FailureDetails? {
        guard history.contains(where: { if case .executionStarted = $0 { true } else { false } }) else {
            // One that was terminated before it began has run nothing.
            if history.contains(where: { if case .executionTerminated = $0 { true } else { false } }) { return nil }
            return .corruptHistory("The history has no ExecutionStarted event, so nothing says what to replay.")
        }
        let fault = replay(history.withoutLast(where: \.isTermination), recordedAs: history)
        // The code did not end it: only its actions before can be compared.
        guard fault != nil, let last = history.last(where: \.isEnd), last.isEndByHost else { return fault }
        return replay(history.withoutLast(where: \.isEndByHost), recordedAs: [])
    }

    private func replay(_ events: [HistoryEvent], recordedAs history: [HistoryEvent]) -> FailureDetails? {
        let session = runner.session(replaying: events)
        defer { session.evict() }
        let outcome = session.advance([])
        if case .failed(let failure) = outcome.completion, FailureDetails.FaultType.all.contains(failure.type) {
            return failure
        }
        return difference(history, outcome.completion)
    }

    /// Compares the completion of the code with the recorded one.
    private func difference(_ history: [HistoryEvent], _ now: EpisodeOutcome.Completion?) -> FailureDetails? {
        let recorded = history.lazy.reversed().compactMap { Ending($0) }.first
        let actual = now.map { Ending($0) }
        switch (recorded, actual) {
        case (.terminated?, _): return nil
        case (let recorded?, let actual?) where recorded.isSame(as: actual): return nil
        // A history that stops earlier has no completion to compare.
        case (nil, _): return nil
        case (let recorded?, let actual):
            return .endsDifferently(recorded: recorded.words, now: actual?.words ?? "goes on")
        }
    }

    private enum Ending {
        case completed(Payload)
        case failed(String)
        case continuedAsNew(Payload)
        case terminated

        init?(_ event: HistoryEvent) {
            switch event {
            case .executionCompleted(.completed, let output, _): self = .completed(output)
            case .executionCompleted(.failed, _, let failure): self = .failed(failure?.type ?? "")
            case .continuedAsNew(let input): self = .continuedAsNew(input)
            case .executionTerminated, .executionCompleted: self = .terminated
            default: return nil
            }
        }

        init(_ completion: EpisodeOutcome.Completion) {
            switch completion {
            case .completed(let output): self = .completed(output)
            case .failed(let failure): self = .failed(failure.type)
            case .continuedAsNew(let input, _): self = .continuedAsNew(input)
            }
        }

        func isSame(as other: Ending) -> Bool {
            switch (self, other) {
            case (.completed(let left), .completed(let right)), (.continuedAsNew(let left), .continuedAsNew(let right)):
                // The types are not known here, and every process writes a set in another order.
                left == right || JSONComparison.areEqual(left, right, ignoringOrder: true) == true
            case (.failed(let left), .failed(let right)): left == right || Self.isRenamed(left, right)
            case (.terminated, .terminated): true
            default: false
            }
        }

        /// Whether an unreadable result was recorded under another type of failure.
        private static func isRenamed(_ recorded: String, _ now: String) -> Bool {
            recorded == "WarrenError"
                && [FailureDetails.UnreadableType.input, FailureDetails.UnreadableType.payload].contains(now)
        }

        var words: String {
            switch self {
            case .completed(let output): "completed with \(output)"
            case .failed(let type): "failed with \(type)"
            case .continuedAsNew(let input): "continued as new with \(input)"
            case .terminated: "was terminated"
            }
        }
    }
}

extension [HistoryEvent] {
    /// The history up to the episode of the last such event, by which the execution was ended from outside: what else
    /// came at that time is recorded there, but no code was run for it any more.
    func withoutLast(where isSuch: (HistoryEvent) -> Bool) -> [HistoryEvent] {
        let isBeginning = { (event: HistoryEvent) in if case .orchestratorStarted = event { true } else { false } }
        guard let end = lastIndex(where: isSuch), let start = self[..<end].lastIndex(where: isBeginning) else {
            return self
        }
        return Array(self[..<start])
    }

    /// The history without an episode in which the execution was ended from outside and its code did not run.
    var asRun: [HistoryEvent] {
        let events = withoutLast(where: \.isTermination)
        guard let end = events.last(where: \.isEnd), end.isEndByHost else { return events }
        return events.withoutLast(where: \.isEndByHost)
    }
}

extension HistoryEvent {
    fileprivate var isTermination: Bool { if case .executionTerminated = self { true } else { false } }

    fileprivate var isEnd: Bool {
        switch self {
        case .executionCompleted, .continuedAsNew: true
        default: false
        }
    }

    /// Whether a host failed the execution, and not its code.
    fileprivate var isEndByHost: Bool {
        guard case .executionCompleted(.failed, _, let failure?) = self else { return false }
        return FailureDetails.FaultType.all.contains(failure.type)
            || [
                FailureDetails.killsHostType, FailureDetails.refusedByStoreType, FailureDetails.payloadTooLargeType,
                FailureDetails.endlessContinueAsNewType, FailureDetails.versionMismatchType,
            ].contains(failure.type)
    }
}

extension FailureDetails {
    fileprivate static func endsDifferently(recorded: String, now: String) -> FailureDetails {
        FailureDetails(
            type: FaultType.nonDeterminism,
            message: "The history \(recorded), the code as it is now \(now), after the same actions. Likely cause: the "
                + "code was changed.",
            isNonRetriable: true)
    }
}

extension EpisodeOutcome {
    /// Whether the engine found a fault: the code does not follow its history, or did what no orchestrator may do.
    package var hasFault: Bool {
        if case .failed(let failure) = completion { FailureDetails.FaultType.all.contains(failure.type) } else { false }
    }
}

extension FailureDetails.FaultType {
    static let all: Set<String> = [
        nonDeterminism, foreignAwait, foreignCall, tooManyActions, notRegistered, corruptHistory, historyTooLong,
        invalidPatch, tooManyHandlers,
    ]
}
