#if HTTP
import Synchronization

/// Limits the requests of each caller: one second's worth may come at once, and then so many in each second.
final class RequestLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    let perSecond: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    /// The number of callers that are remembered. A full bucket is as good as none, so those can be forgotten.
    private static let maximumCallers = 10_000

    init(perSecond: Int) {
        self.perSecond = max(1, perSecond)
    }

    /// Counts a request.
    ///
    /// - Returns: `nil` if it may go on, otherwise the whole seconds to wait.
    func take(for caller: String, now: ContinuousClock.Instant = .now) -> Int? {
        let limit = Double(perSecond)
        return buckets.withLock { buckets in
            var bucket = buckets[caller] ?? Bucket(tokens: limit, at: now)
            bucket.tokens = min(limit, bucket.tokens + (now - bucket.at) / .seconds(1) * limit)
            bucket.at = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            if buckets[caller] == nil, buckets.count >= Self.maximumCallers {
                buckets = buckets.filter { now - $0.value.at < .seconds(1) }
                // More than that many callers in a second: they start anew rather than fill the memory.
                if buckets.count >= Self.maximumCallers { buckets = [:] }
            }
            buckets[caller] = bucket
            return isAllowed ? nil : 1
        }
    }
}
#endif
