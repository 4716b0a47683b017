import Logging

/// Keeps what is logged, so that a test can wait for a line and read it.
struct LogLines: LogHandler {
    let lines = Happenings<Line>()
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    var logger: Logger { Logger(label: "test") { _ in self } }

    /// Waits for so many lines with this message.
    func wait(for message: String, count: Int = 1) async -> [Line] {
        while true {
            let all = lines.all
            let found = all.filter { $0.message == message }
            if found.count >= count { return found }
            await lines.wait(for: all.count + 1)
        }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.add(Line(level: event.level, message: "\(event.message)", metadata: merged))
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
