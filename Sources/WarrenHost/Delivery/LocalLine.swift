import DequeModule

/// The work items of this process's partitions that wait for one of its places, in their order. Pure.
///
/// The line is as long as it is fast: what would wait for too long goes to the broker, where other workers may be free. The
/// pace is measured by intervals. After each of them the line keeps as many items as have begun in it, times ``intervals``;
/// and it takes no more than that until a place is free again.
struct LocalLine<Work> {
    /// The number of intervals that an item may have to wait, at the pace of the last one.
    static var intervals: Int { 10 }

    private let limit: Int
    /// The number of items that may wait at present.
    private var room: Int
    private var waiting: Deque<Work> = []
    /// The number of items that have begun in this interval.
    private var begun = 0
    private var isMeasured = false

    /// - Parameter limit: the maximum number of items that wait.
    init(limit: Int) {
        self.limit = limit
        room = limit
    }

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }

    /// Notes that a place was free while nobody waited: the places change hands.
    mutating func noteFreePlace() { room = limit }

    /// Adds items, in their order.
    ///
    /// - Returns: those for which there is no room: the last ones.
    mutating func add(_ works: ArraySlice<Work>) -> ArraySlice<Work> {
        let count = min(works.count, max(0, room - waiting.count))
        waiting.append(contentsOf: works.prefix(count))
        return works.dropFirst(count)
    }

    /// Removes the first item, because there is a place for it.
    mutating func next() -> Work? {
        guard let work = waiting.popFirst() else { return nil }
        begun += 1
        return work
    }

    /// Begins an interval if items wait and none has begun.
    ///
    /// - Returns: whether the caller has to call ``endInterval()`` after the time of one.
    mutating func beginInterval() -> Bool {
        guard !isMeasured, !waiting.isEmpty else { return false }
        isMeasured = true
        begun = 0
        return true
    }

    /// Ends an interval.
    ///
    /// - Returns: the items that do not keep waiting, in their order.
    mutating func endInterval() -> [Work] {
        isMeasured = false
        guard !waiting.isEmpty else { return [] }
        room = min(limit, begun * Self.intervals)
        let excess = waiting.count - room
        guard excess > 0 else { return [] }
        let shed = Array(waiting.suffix(excess))
        waiting.removeLast(excess)
        return shed
    }

    /// Removes all items. Until a place is free again, none is added.
    mutating func clear() -> [Work] {
        defer { waiting = [] }
        room = 0
        return Array(waiting)
    }
}
