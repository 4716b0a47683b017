#if HTTP
import Synchronization
import WarrenClient

/// Reads the console queue and keeps what it says.
final class ConsoleRecorder: Sendable {
    private let feed: ConsoleLines
    private let lines = Mutex<(all: [ConsoleLine], taken: Int)>(([], 0))
    private let task: Mutex<Task<Void, any Error>?>

    init(_ feed: ConsoleLines) {
        self.feed = feed
        task = Mutex(nil)
        let reading = Task { [weak self] in
            for try await line in feed { self?.lines.withLock { $0.all.append(line) } }
        }
        task.withLock { $0 = reading }
    }

    /// Everything so far.
    var all: [ConsoleLine] { lines.withLock { $0.all } }

    /// The texts since this was last asked.
    func take() -> [String] {
        lines.withLock { lines in
            defer { lines.taken = lines.all.count }
            return lines.all[lines.taken...].map(\.text)
        }
    }

    func stop() async throws {
        await feed.close()
        try await task.withLock { $0 }?.value
    }
}
#endif
