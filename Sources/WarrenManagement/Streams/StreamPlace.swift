#if HTTP
/// A place among the streams that may be open at once. It is given back when its stream ends, or is dropped before it began.
final class StreamPlace: Sendable {
    private let limit: StreamLimit

    /// - Throws: `APIProblem` with 429 if there are too many streams.
    init(_ limit: StreamLimit) throws {
        guard limit.enter() else { throw limit.problem }
        self.limit = limit
    }

    deinit { limit.leave() }
}
#endif
