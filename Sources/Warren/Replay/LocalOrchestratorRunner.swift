package import Logging

/// Runs orchestrators in this process.
package final class LocalOrchestratorRunner: OrchestratorRunner {
    let functions: FunctionRegistry
    let codec: any PayloadCodec
    let logger: Logger
    let historyLimit: Int
    let queues = JobQueuePool()

    /// - Parameters:
    ///   - functions: The orchestrators.
    ///   - codec: Encodes values as payloads; the registry's by default.
    ///   - logger: The target of the loggers of orchestrators.
    ///   - historyLimit: The number of events in a history from which on the execution fails at the next one.
    package init(
        functions: FunctionRegistry, codec: (any PayloadCodec)? = nil,
        logger: Logger = Logger(label: "warren.orchestrator"), historyLimit: Int = 1_000_000
    ) {
        self.functions = functions
        self.codec = codec ?? functions.codec
        self.logger = logger
        self.historyLimit = historyLimit
    }

    package func session(replaying history: [HistoryEvent]) -> any OrchestratorSession {
        let session = LocalOrchestratorSession(runner: self)
        session.replay(history)
        return session
    }

    package func answer(
        _ question: StateQuestion, replaying history: [HistoryEvent], while goesOn: () -> Bool
    ) -> StateAnswer {
        let session = LocalOrchestratorSession(runner: self)
        defer { session.evict() }
        guard session.replay(history.asRun, while: goesOn) else {
            return .impossible(
                reason:
                    "The orchestrator is not in memory, and the replay of its history took too long. Let it continue "
                    + "as new now and then, so that its histories stay short.")
        }
        return session.answer(question) ?? .impossible(reason: "The orchestrator cannot be asked.")
    }

    package func runs(_ name: String) -> Bool {
        functions.runs(orchestration: name)
    }
}
