import Logging
import Synchronization

/// Counts log lines by their text.
struct LogCounts: LogHandler {
    private static let counts = Mutex<[String: Int]>([:])

    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    static var logger: Logger { Logger(label: "simulation") { _ in LogCounts() } }

    static func show() {
        for (text, count) in counts.withLock({ $0 }).sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("\(count)\t\(text)")
        }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Self.counts.withLock { $0["\(event.message)".prefix(110).description, default: 0] += 1 }
    }
}
