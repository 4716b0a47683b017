import Synchronization

/// Lets one task wait until something has happened a number of times.
final class ReplySignal: Sendable {
    private let remaining: Mutex<Int>
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(count: Int) {
        remaining = Mutex(count)
        (stream, continuation) = AsyncStream.makeStream()
    }

    func count() {
        let isDone = remaining.withLock { remaining in
            remaining -= 1
            return remaining == 0
        }
        if isDone { continuation.finish() }
    }

    func wait() async { for await _ in stream {} }
}
