#if HTTP
import Logging
import Warren

/// Passes on what the HTTP server logs, except for complaints that are none: a server reports, when its task is cancelled, the
/// cancellation as an error of its socket.
///
/// It may do so twice. A service group inside another one takes the cancellation of its task for a wish to end in good
/// order, too (`ServiceGroup` of swift-service-lifecycle 2.13: its sequence of such wishes has an element for a
/// cancellation), and asks the server to close the socket that the cancellation has closed.
struct ServerLog: ForwardingLogHandler {
    var base: any LogHandler

    private static let complaints: Set<String> = [
        "Waiting on child channel: CancellationError()", "Server shutdown error: Already closed",
    ]

    /// A logger that logs as another one does.
    static func logger(_ logger: Logger) -> Logger {
        var logger = logger
        logger.handler = ServerLog(base: logger.handler)
        return logger
    }

    func log(event: LogEvent) {
        guard event.level == .error, Self.complaints.contains("\(event.message)") else {
            return base.log(event: event)
        }
        guard logLevel <= .debug else { return }
        var event = event
        event.level = .debug
        base.log(event: event)
    }
}
#endif
