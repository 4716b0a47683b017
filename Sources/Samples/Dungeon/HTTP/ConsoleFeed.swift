import Logging
import ServiceLifecycle
import Synchronization
import WarrenClient

/// The console for pages: one watcher of the hub's console, any number of listeners.
///
/// Who joins gets the lines of late first. A line that comes twice is passed on once.
final class ConsoleFeed: Service {
    /// What a listener gets.
    enum Item: Sendable, Hashable {
        case line(ConsoleLine)
        /// Nothing happened for a while: tells both ends that the other is there.
        case heartbeat
    }

    /// How many lines are kept for who joins, and by how many a listener may be behind before it loses the oldest.
    static let length = 200
    private static let patience = 1000

    private struct State {
        typealias Listener = AsyncStream<Item>.Continuation
        var recent: [ConsoleLine] = []
        var listeners: [Int: Listener] = [:]
        var nextListener = 0
        var isOver = false
    }

    private let client: TaskHubClient
    private let heartbeat: Duration
    private let whenReady: @Sendable () async -> Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - heartbeat: the time between two heartbeats.
    ///   - whenReady: returns when the hub is there, with `false` if it will not be.
    init(
        client: TaskHubClient, heartbeat: Duration = .seconds(15),
        whenReady: @escaping @Sendable () async -> Bool = { true }
    ) {
        self.client = client
        self.heartbeat = heartbeat
        self.whenReady = whenReady
    }

    /// Watches until the service group shuts down. The listeners' streams end then, so that a server that waits for its
    /// connections to end can stop.
    func run() async throws {
        defer { end() }
        try await cancelWhenGracefulShutdown { [self] in
            guard await whenReady() else { return }
            let lines = try await client.watchConsole()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.watch(lines) }
                group.addTask {
                    while !Task.isCancelled {
                        try await Task.sleep(for: self.heartbeat)
                        for listener in self.state.withLock({ Array($0.listeners.values) }) {
                            listener.yield(.heartbeat)
                        }
                    }
                }
                defer { group.cancelAll() }
                do {
                    try await group.next()
                } catch is CancellationError {
                    // Asked to stop.
                }
            }
            await lines.close()
        }
    }

    /// Listens from now on, after the lines of late.
    ///
    /// - Parameter last: the ID of a line that the listener has had already: it gets those after it.
    func listen(after last: String? = nil) -> AsyncStream<Item> {
        let (stream, continuation) = AsyncStream<Item>.makeStream(bufferingPolicy: .bufferingNewest(Self.patience))
        let isOver = state.withLock { state in
            guard !state.isOver else { return true }
            let known = last.flatMap { last in state.recent.lastIndex { $0.id == last } }
            for line in state.recent[(known.map { $0 + 1 } ?? 0)...] { continuation.yield(.line(line)) }
            let number = state.nextListener
            state.nextListener += 1
            state.listeners[number] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
            }
            return false
        }
        if isOver { continuation.finish() }
        return stream
    }

    private func watch(_ lines: ConsoleLines) async throws {
        for try await line in lines {
            // Who joins after this moment has the line among those of late, who joined before gets it now.
            let listeners = state.withLock { state in
                guard !state.recent.contains(where: { $0.id == line.id }) else { return [State.Listener]() }
                state.recent.append(line)
                if state.recent.count > Self.length { state.recent.removeFirst() }
                return Array(state.listeners.values)
            }
            for listener in listeners { listener.yield(.line(line)) }
        }
    }

    private func end() {
        let listeners = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
