import Logging
import Synchronization

/// Collects what is logged, and lets a test wait for a line.
final class LogBook: Sendable {
    private struct State {
        var lines: [String] = []
        var waiting: [(part: String, count: Int, waiter: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var logger: Logger { Logger(label: "book") { _ in Handler(book: self) } }

    /// How many lines have a part.
    func count(of part: String) -> Int { state.withLock { $0.lines.count { $0.contains(part) } } }

    /// Waits until as many lines have a part.
    func waitFor(_ part: String, count: Int = 1) async {
        await withCheckedContinuation { waiter in
            let isThere = state.withLock { state in
                let found = state.lines.count { $0.contains(part) }
                if found < count { state.waiting.append((part, count, waiter)) }
                return found >= count
            }
            if isThere { waiter.resume() }
        }
    }

    fileprivate func add(_ line: String) {
        let ready = state.withLock { state in
            state.lines.append(line)
            let lines = state.lines
            let isReady = { (part: String, count: Int) in lines.count { $0.contains(part) } >= count }
            let ready = state.waiting.filter { isReady($0.part, $0.count) }.map(\.waiter)
            state.waiting.removeAll { isReady($0.part, $0.count) }
            return ready
        }
        for waiter in ready { waiter.resume() }
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            book.add("\(event.level): \(event.message) \(event.metadata ?? [:])")
        }
    }
}
