import Logging
import TestSupport
import Testing

/// Keeps what is logged, so that a test can wait for a line and read it.
struct LogLines: LogHandler {
    private let lines = Watched<[Line]>([])
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    struct Line: Sendable, CustomStringConvertible {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata

        var description: String { "\(level): \(message) \(metadata)" }
    }

    init(from level: Logger.Level = .info) {
        logLevel = level
    }

    var logger: Logger { Logger(label: "test") { _ in self } }

    /// Everything so far.
    var all: [Line] { lines.value }

    /// How many lines say so, in their message or in what is told with it.
    func count(of part: String) -> Int { lines.value.count { $0.description.contains(part) } }

    /// Waits for so many lines whose message contains this, and returns all of them: at least so many.
    @discardableResult
    func wait(
        for part: String, count: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [Line] {
        let what = count == 1 ? "a line with '\(part)'" : "\(count) lines with '\(part)'"
        return try await lines.wait(for: what, sourceLocation: sourceLocation) { lines in
            let found = lines.filter { $0.message.contains(part) }
            return found.count >= count ? found : nil
        }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.change { $0.append(Line(level: event.level, message: "\(event.message)", metadata: merged)) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
