#if HTTP
import Synchronization

/// One reader of a live feed, with a bounded buffer: one that is too slow loses the oldest events, and is told how many.
final class LiveReader: Sendable {
    /// What a reader gets.
    enum Item: Sendable {
        case event(LiveEvent)
        /// The feed begins to receive, or does so again after a loss of its connection: earlier events may be missing.
        case ready
        /// Nothing happened for a while: shows both ends that the other is there.
        case heartbeat
        /// The feed cannot go on.
        case closed(APIProblem)
    }

    /// The number of items by which a reader may be behind.
    static let patience = 1000

    let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let filter: LiveFilter
    private let missed = Mutex(0)

    init(_ filter: LiveFilter) {
        self.filter = filter
        (items, continuation) = AsyncStream<Item>.makeStream(bufferingPolicy: .bufferingNewest(Self.patience))
    }

    func send(_ item: Item) {
        if case .event(let event) = item, !filter.passes(event) { return }
        if case .dropped = continuation.yield(item) { missed.withLock { $0 += 1 } }
    }

    /// The number of items that were lost since this was last asked.
    func takeMissed() -> Int {
        missed.withLock { missed in
            defer { missed = 0 }
            return missed
        }
    }

    /// Ends the stream after what is in the buffer.
    func finish() { continuation.finish() }
}
#endif
