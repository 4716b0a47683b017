#if HTTP
import Hummingbird
import Logging
import Synchronization
import WarrenClient
import WarrenSupport

/// Receives events of the hub once, and passes them on to any number of readers.
///
/// It has a queue on the broker only while there are readers, and for a moment after the last one.
final class LiveFeed: Sendable {
    /// Receives events until its task is cancelled: calls the closure with each, and with `ready` when it begins.
    typealias Source = @Sendable (_ send: @escaping @Sendable (LiveReader.Item) -> Void) async throws -> Void

    private struct State {
        var readers: [Int: LiveReader] = [:]
        var nextReader = 0
        /// Whether the source is open, so that a new reader is told at once.
        var isReceiving = false
        var isRunning = false
        /// Whether the present outage is in the log: readers that come meanwhile add nothing to it.
        var isOutageReported = false
        /// Those who wait for a change of the number of readers.
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextWaiter = 0
    }

    private let name: String
    private let limit: StreamLimit
    private let logger: Logger
    private let source: Source
    private let heartbeat: Duration
    private let state = Mutex(State())
    /// The time for which the source stays open without readers: a page that is loaded again does not close it.
    private static let linger: Duration = .seconds(10)

    init(
        named name: String, limit: StreamLimit, logger: Logger, heartbeat: Duration = .seconds(15),
        source: @escaping Source
    ) {
        self.name = name
        self.limit = limit
        self.logger = logger
        self.heartbeat = heartbeat
        self.source = source
    }

    /// Receives while there are readers, until the task is cancelled; it is called once.
    func run() async {
        state.withLock { $0.isRunning = true }
        while !Task.isCancelled {
            await wait { !$0.readers.isEmpty }
            guard !Task.isCancelled else { break }
            do {
                try await receive()
            } catch is CancellationError {
                break
            } catch {
                let isKnown = state.withLock { state in
                    defer { state.isOutageReported = true }
                    return state.isOutageReported
                }
                logger.log(
                    level: isKnown ? .debug : .error, "A live feed ends",
                    metadata: [LogKey.feed: "\(name)", LogKey.error: "\(error)"])
                end(with: APIProblem(error, logger: logger))
            }
        }
        state.withLock { $0.isRunning = false }
        end(with: Self.notRunning)
    }

    /// Whether readers can be added.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Adds a reader, which gets what is received from now on.
    ///
    /// - Returns: the reader's number, for ``remove(_:)``.
    /// - Throws: `APIProblem` with 503 if nothing is received in this process, 429 if there are too many readers.
    func add(_ reader: LiveReader) throws -> Int {
        guard isRunning else { throw Self.notRunning }
        guard limit.enter() else { throw limit.problem }
        let number = state.withLock { state -> Int? in
            // The feed may have ended since: nobody would end this reader.
            guard state.isRunning else { return nil }
            let number = state.nextReader
            state.nextReader += 1
            state.readers[number] = reader
            if state.isReceiving { reader.send(.ready) }
            return number
        }
        guard let number else {
            limit.leave()
            throw Self.notRunning
        }
        tellWaiters()
        return number
    }

    /// Removes a reader.
    func remove(_ number: Int) {
        guard state.withLock({ $0.readers.removeValue(forKey: number) }) != nil else { return }
        limit.leave()
        tellWaiters()
    }

    private func tellWaiters() {
        for waiter in state.withLock({ Array($0.waiters.values) }) { waiter.yield() }
    }

    /// Waits for a state of the readers, or the cancellation of the task.
    private func wait(until isReached: @Sendable (State) -> Bool) async {
        // Each wait has a stream of its own: a cancelled one ends its stream for good.
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextWaiter += 1
            state.waiters[state.nextWaiter] = continuation
            return state.nextWaiter
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: number) } }
        continuation.yield()
        for await _ in changes where state.withLock({ isReached($0) }) { return }
    }

    /// Keeps the source open until there have been no readers for a while.
    private func receive() async throws {
        defer { state.withLock { $0.isReceiving = false } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in try await source { self.send($0) } }
            group.addTask { [self] in
                while true {
                    try await Task.sleep(for: heartbeat)
                    send(.heartbeat)
                }
            }
            group.addTask { [self] in
                repeat {
                    await wait { $0.readers.isEmpty }
                    try await Task.sleep(for: Self.linger)
                } while state.withLock { !$0.readers.isEmpty }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func send(_ item: LiveReader.Item) {
        let readers = state.withLock { state in
            if case .ready = item {
                state.isReceiving = true
                state.isOutageReported = false
            }
            return Array(state.readers.values)
        }
        for reader in readers { reader.send(item) }
    }

    /// Ends and forgets all readers.
    private func end(with problem: APIProblem) {
        let readers = state.withLock { state in
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers {
            reader.send(.closed(problem))
            reader.finish()
            limit.leave()
        }
    }

    static var notRunning: APIProblem {
        APIProblem(
            .serviceUnavailable, .noLiveEvents, "This server receives no live events at present.",
            remedy: "Its program has to run 'ManagementAPI' as a service; while it stops, ask another server.")
    }
}
#endif
