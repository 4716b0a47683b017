import DequeModule
import Warren

/// Knows how long the oldest row of a partition's outbox has been there. Pure.
///
/// Rows are counted in groups by the time at which they were written, so that the memory for them is bounded however
/// many there are: a group spans a second, and when there are too many groups, neighbours become one group with the time
/// of the older one.
struct OutboxAges {
    private struct Group {
        /// The number of the first row.
        var first: Int64
        var since: Timestamp
        /// The number of rows that are still there.
        var rows: Int
    }

    /// The span of a group.
    private static let span = Duration.seconds(1)
    /// The maximum number of groups.
    static let mostGroups = 512

    private var groups: Deque<Group> = []

    /// The number of groups.
    var groupCount: Int { groups.count }

    /// The time at which the oldest row was written; `nil` if there is none.
    var oldest: Timestamp? { groups.first?.since }

    /// Notes rows up to a number that an earlier process wrote: their time is not known.
    mutating func recovered(_ rows: Int, at now: Timestamp) {
        if rows > 0 { groups.append(Group(first: .min, since: now, rows: rows)) }
    }

    /// Notes rows that are written, with ascending numbers.
    mutating func add(_ first: Int64, count: Int, at now: Timestamp) {
        if let last = groups.last, last.first != .min, now.duration(since: last.since) < Self.span {
            groups[groups.count - 1].rows += count
        } else {
            groups.append(Group(first: first, since: now, rows: count))
            if groups.count > Self.mostGroups { thin() }
        }
    }

    /// Notes that a row is gone.
    mutating func remove(_ id: Int64) {
        guard let index = index(of: id) else { return }
        groups[index].rows -= 1
        guard groups[index].rows <= 0 else { return }
        if index == 0 { groups.removeFirst() } else { groups.remove(at: index) }
    }

    /// The last group that begins at a number or before it.
    private func index(of id: Int64) -> Int? {
        var low = 0
        var high = groups.count
        while low < high {
            let middle = (low + high) / 2
            if groups[middle].first <= id { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// Makes one group of every two neighbours.
    private mutating func thin() {
        var thinned: Deque<Group> = []
        thinned.reserveCapacity(groups.count)
        for (index, group) in groups.enumerated() {
            if index.isMultiple(of: 2) { thinned.append(group) } else { thinned[thinned.count - 1].rows += group.rows }
        }
        groups = thinned
    }
}
