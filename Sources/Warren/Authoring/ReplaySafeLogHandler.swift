import Logging

/// Drops log lines on replay, while the orchestrator is being evicted, and from threads that do not drive it.
struct ReplaySafeLogHandler: LogHandler {
    var base: any LogHandler
    let core: OrchestratorCore

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        guard core.isEntered, !core.isReplaying, !core.isInert else { return }
        base.log(event: event)
    }
}
