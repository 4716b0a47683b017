import Logging

/// Drops log lines on replay, while the orchestrator is being evicted, and from threads that do not drive it.
struct ReplaySafeLogHandler: ForwardingLogHandler {
    var base: any LogHandler
    let core: OrchestratorCore

    func log(event: LogEvent) {
        guard core.isEntered, !core.isReplaying, !core.isInert else { return }
        base.log(event: event)
    }
}
