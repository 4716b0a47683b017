#if HTTP
import Hummingbird
import Synchronization

/// Bounds the number of event streams at once.
final class StreamLimit: Sendable {
    let most: Int
    private let count = Mutex(0)

    init(_ most: Int) {
        self.most = most
    }

    /// Takes a place; `false` if there is none. A taken place is given back by ``leave()``.
    func enter() -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    /// The answer to a request without a place.
    var problem: APIProblem {
        var problem = APIProblem(
            .tooManyRequests, .tooManyStreams, "There are \(most) event streams already.",
            remedy: "Close some, or raise the limit of streams of the server.")
        problem.retryAfter = 10
        return problem
    }

    func leave() { count.withLock { $0 -= 1 } }
}
#endif
