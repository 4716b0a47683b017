#if HTTP
import Logging

/// Passes on what the HTTP server logs, except for a complaint that is none.
///
/// A service group inside another one takes the cancellation of its task for a wish to end in good order (`ServiceGroup` of
/// swift-service-lifecycle 2.13, whose sequence of such wishes has an element for a cancellation, too). The server is then
/// asked to close a socket that the cancellation has closed, and reports that as an error.
struct ServerLog: LogHandler {
    private var base: any LogHandler

    private static let complaint = "Server shutdown error: Already closed"

    /// A logger that logs as another one does.
    static func logger(_ logger: Logger) -> Logger {
        var logger = logger
        logger.handler = ServerLog(base: logger.handler)
        return logger
    }

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
        guard event.level == .error, "\(event.message)" == Self.complaint else { return base.log(event: event) }
        guard logLevel <= .debug else { return }
        var event = event
        event.level = .debug
        base.log(event: event)
    }
}
#endif
